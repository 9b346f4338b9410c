"""Paths and URLs of ARM: written, checked, and shown without what is nobody's business. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

from ..addresses import origin
from ..errors import MalformedError, UnsafeError, UsageError

#: Characters of a URL in an answer after which it is given up. ARM wants its clients to take 4 KB at least.
_LONGEST = 16 << 10

#: The parameters of a query that may be shown. Others may be signatures, or tokens for the next page.
_SHOWN = {"api-version", "$filter", "$expand", "$top", "statusonly", "forcedeletion", "forcedeletiontypes"}


def segment(name: str, thing: str) -> str:
    """A name as one segment of a path.

    Args:
        name: The name.
        thing: What bears it, for the error: "resource group".

    Raises:
        UsageError: It is empty, or it would leave its segment.
    """
    if not name or name in {".", ".."} or "/" in name or not name.isprintable():
        raise UsageError(f"{name!r} is not the name of a {thing}", target=name)
    return quote(name, safe="()")


def address(text: str, api_version: str | None, subscription: Callable[[], str]) -> tuple[str, str, dict[str, str]]:
    """What a user wrote of a path of ARM, taken apart.

    Args:
        text: The path, which may have a query; {subscription} in it is put in.
        api_version: The version of the API, where the query does not have it.
        subscription: Tells the ID of the current subscription; asked only where it is wanted.

    Returns:
        The path as URLs want it, the version, and the rest of the query.

    Raises:
        UsageError: It is no path, a place in it is not filled in, or there is no version, or two.
    """
    path, _, rest = text.strip().partition("?")
    unsafe = not path.startswith("/") or path.startswith("//") or not path.isprintable()
    if unsafe or {".", ".."} & set(path.split("/")):
        raise UsageError(
            f"{path!r} is not a path of Azure Resource Manager",
            target=path,
            remedy="It begins with one slash, as in /subscriptions/{subscription}/resourceGroups. "
            "Invoke-AzureRmRestMethod takes a whole URL as -Uri.",
        )
    query = dict(parse_qsl(rest.partition("#")[0], keep_blank_values=True))
    versions = {query.pop(name).lower() for name in list(query) if name.lower() == "api-version"}
    if api_version:
        versions.add(api_version.lower())
    versions.discard("")
    if len(versions) > 1:
        raise UsageError(f"there are two api-versions: {' and '.join(sorted(versions))}", target=path)
    if not versions:
        raise UsageError(
            f"the api-version for {path} is missing",
            target=path,
            remedy=f"Add it: {path}?api-version=<version>. A wrong one is refused with those that there are.",
        )
    if "{subscription}" in path:
        path = path.replace("{subscription}", subscription())
    place = re.search(r"\{[^/]*\}", path)
    if place:
        raise UsageError(
            f"{place[0]} in the path is not filled in",
            target=path,
            remedy="Write the name itself. Only {subscription} is put in: the ID of the current subscription.",
        )
    return quote(path, safe="/%:@!$&'()*+,;=~"), versions.pop(), query


def full_url(endpoint: str, path: str, query: Mapping[str, str]) -> str:
    """The URL of a path.

    Args:
        endpoint: Where ARM answers.
        path: Begins with a slash; its segments are written as URLs want them.
        query: The parameters, as they are read.

    Raises:
        UsageError: The path is none: the token would go elsewhere, or something else would be asked for.
    """
    if not path.startswith("/") or not path.isprintable() or any(mark in path for mark in "?#\\ "):
        raise UsageError(
            f"{path!r} is not a path of ARM",
            target=path,
            remedy='A path is such as "/subscriptions/<ID>/resourceGroups/<name>": it begins with a slash.',
        )
    return f"{endpoint}{path}?{urlencode(query, quote_via=quote, safe='$')}"


def same_origin(url: object, endpoint: str, what: str) -> str:
    """A URL that ARM answered with, if it leads to ARM: the token goes along.

    Args:
        url: What stood in the answer; a path alone is one of ARM's.
        endpoint: Where ARM answers.
        what: Where in the answer it stood, for the error: "nextLink".

    Raises:
        UnsafeError: It leads to another host, or is no plain URL.
        MalformedError: It is longer than any that ARM makes.
    """
    if isinstance(url, str) and re.match(r"/(?!/)", url):
        url = urljoin(endpoint, url)
    if not isinstance(url, str) or origin(url) is None or origin(url) != origin(endpoint):
        place = str(url).partition("?")[0][:200]
        raise UnsafeError(f"ARM's {what} leads to another host: {place}", target=place)
    if len(url) > _LONGEST:
        raise MalformedError(f"ARM's {what} is longer than {_LONGEST} characters", target=urlsplit(url).path)
    return url


def shown(url: str) -> str:
    """Path and query of a URL for a log; values of parameters that may be secret are left out."""
    parts = urlsplit(url)
    pairs = [
        f"{name}={quote(value, safe=_PLAIN) if name.lower() in _SHOWN else '...'}"
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return f"{parts.path}?{'&'.join(pairs)}" if pairs else parts.path


#: What stays as it is in a value that is shown: it is read by people.
_PLAIN = "$/(),'*: "
