"""Azure's locations, as far as there are any here."""

from __future__ import annotations

from typing import NamedTuple

from .call import Refusal


class Location(NamedTuple):
    """A location: "westeurope", "West Europe", "Europe"."""

    name: str
    display: str
    geography: str


LOCATIONS = tuple(
    Location(display.lower().replace(" ", ""), display, geography)
    for geography, names in (
        ("US", ("East US", "East US 2", "Central US", "South Central US", "West US", "West US 2", "West US 3")),
        ("Canada", ("Canada Central", "Canada East")),
        ("South America", ("Brazil South",)),
        ("Europe", ("North Europe", "West Europe", "UK South", "UK West", "France Central", "Germany West Central",
                    "Italy North", "Norway East", "Poland Central", "Spain Central", "Sweden Central",
                    "Switzerland North")),
        ("Asia Pacific", ("Australia East", "Australia Southeast", "Central India", "South India", "East Asia",
                          "Southeast Asia", "Japan East", "Japan West", "Korea Central")),
        ("Middle East", ("UAE North", "Qatar Central", "Israel Central")),
        ("Africa", ("South Africa North",)),
    )
    for display in names
)  # fmt: skip
_NAMES = frozenset(location.name for location in LOCATIONS)


def normal(text: str) -> str:
    """The name of a location, which may also be called as people call it: "West Europe"."""
    return text.lower().replace(" ", "")


def location_of(sent: dict[str, object], known: str | None, code: str) -> str:
    """The location that a request sends for a resource.

    Args:
        known: Where the resource is already; None for a new one.
        code: ARM's code where there is no such location.

    Raises:
        Refusal: It sends none, there is no such location, or the resource is elsewhere.
    """
    location = sent.get("location")
    if not isinstance(location, str) or not location.strip():
        raise Refusal(400, "LocationRequired", "The location property is required for this definition.")
    name = normal(location)
    if known is not None and name == normal(known):
        return known
    if known is None and name in _NAMES:
        return name
    if known is None:
        raise Refusal(
            400,
            code,
            f"The provided location '{location}' is not available. List of available regions is "
            f"'{','.join(sorted(_NAMES))}'.",
        )
    raise Refusal(
        409,
        "InvalidResourceLocation",
        f"The resource already exists in location '{known}'. A resource with the same name cannot be created in "
        f"location '{location}'. Please select a new resource name.",
    )


def tags_of(sent: dict[str, object]) -> dict[str, str] | None:
    """The tags that a request sends; None if it sends none.

    Raises:
        Refusal: They are not names with texts.
    """
    tags = sent.get("tags")
    if tags is None:
        return None
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise Refusal(400, "InvalidRequestContent", "The request content was invalid: 'tags' maps names to texts.")
    return dict(tags)
