"""Who am I: whose tokens come here, and from which source. Read off a token, for display, and never trusted."""

from __future__ import annotations

from collections.abc import Mapping

from .credential import ManagedIdentityCredential
from .resources import ManagedIdentity
from .sources import SOURCES, claims

_USER_ASSIGNED = "/providers/microsoft.managedidentity/userassignedidentities/"


def who_am_i(credential: ManagedIdentityCredential, resource: str = "https://management.azure.com/") -> ManagedIdentity:
    """The identity behind a credential, from the claims of its token for a resource.

    Raises:
        CredentialError: There is no token.
        TransportError: The endpoint gave no usable answer.
        UsageError: What was asked for is no resource.
    """
    token = credential.get_token(resource)  # first: a host tells its variables along with it
    reasons = {candidate.source.name: candidate.why for candidate in credential.candidates()}
    inside = claims(token.token)
    source = SOURCES.get(token.source or "")
    resource_id, assigned_to = _text(inside, "xms_mirid"), _text(inside, "xms_az_rid")
    return ManagedIdentity(
        kind=_kind(inside),
        display_name=_text(inside, "upn", "unique_name", "app_displayname"),
        tenant_id=_text(inside, "tid"),
        object_id=_text(inside, "oid"),
        client_id=_text({**inside, "answered": token.client_id}, "appid", "azp", "answered"),
        resource_id=resource_id,
        assigned_to=assigned_to if (assigned_to or "").lower() != (resource_id or "").lower() else None,
        source=token.source,
        source_title=source and source.title,
        why=reasons.get(token.source or ""),
        resource=token.resource,
        expires_on=token.expires_on,
    )


def _kind(inside: Mapping[str, object]) -> str | None:
    resource_id = _text(inside, "xms_mirid")
    if resource_id is not None:
        return "UserAssigned" if _USER_ASSIGNED in resource_id.lower() else "SystemAssigned"
    return "User" if inside.get("idtyp") == "user" or _text(inside, "upn", "scp") else None


def _text(inside: Mapping[str, object], *names: str) -> str | None:
    """The first of these claims that is a text which a terminal can show."""
    found = (inside.get(name) for name in names)
    return next((value for value in found if isinstance(value, str) and value and value.isprintable()), None)
