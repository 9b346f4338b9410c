"""Sources: what each hosting environment wants to be asked, and what its answer means. No I/O here.

Wire formats: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
and, for the VM extension, the article of 2017 that it replaced.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

from .addresses import is_loopback
from .errors import (
    ConfigurationError,
    MalformedError,
    PyBridgeError,
    TokenRejectedError,
    TokenThrottledError,
    UsageError,
)
from .models import AccessToken, HttpRequest, HttpResponse, ManagedIdentityId

#: Names another host for IMDS. Other makers' libraries honour it too.
IMDS_HOST = "AZURE_POD_IDENTITY_AUTHORITY_HOST"

#: Names another URL for the VM extension's endpoint.
VM_EXTENSION_ENDPOINT = "PYBRIDGE_VM_EXTENSION_ENDPOINT"

_CHECK_IDENTITY = (
    "Check in the portal that the VM has a managed identity: page Configuration (now: Identity), "
    '"Managed service identity" = Yes.'
)
_CHECK_EXTENSION = (
    "MSI may not be configured on this VM. Check in the portal: page Configuration, "
    '"Managed service identity" = Yes; page Extensions, the MSI extension is deployed. '
    "If either is wrong, redeploy it. The extension is retired: IMDS (--source imds) needs none."
)


class Endpoint(NamedTuple):
    """An endpoint that the caller names instead of the source's own; `secret` goes into its Secret header."""

    url: str | None = None
    secret: str | None = None


class Source(NamedTuple):
    """A hosting environment that hands out tokens.

    Attributes:
        name: What `source=`, `--source` and `-Source` call it.
        title: What a sentence calls it.
        url: The endpoint, from the environment's variables.
        query: Parameters that every request has.
        selectors: How it spells the parameter for each way to name a user-assigned identity.
        absent: What to do when nobody listens there.
    """

    name: str
    title: str
    url: Callable[[Mapping[str, str]], str]
    query: Mapping[str, str]
    selectors: Mapping[str, str]
    absent: str

    def request(
        self, resource: str, identity: ManagedIdentityId, environ: Mapping[str, str], endpoint: Endpoint
    ) -> HttpRequest:
        """The request for a token.

        Raises:
            UsageError: The source cannot be asked for an identity named in that way.
        """
        query = {**self.query, "resource": resource}
        if identity.selector is not None:
            name, value = identity.selector
            if name not in self.selectors:
                raise UsageError(f"{self.title} cannot choose an identity by {name}", target=self.name)
            query[self.selectors[name]] = value
        headers = {"Metadata": "true"}
        if endpoint.secret is not None:
            headers["Secret"] = endpoint.secret
        url = endpoint.url or self.url(environ)
        return HttpRequest("GET", f"{url}?{urlencode(query, quote_via=quote)}", headers)


def _imds_url(environ: Mapping[str, str]) -> str:
    host = environ.get(IMDS_HOST) or "http://169.254.169.254"
    return f"{host.rstrip('/')}/metadata/identity/oauth2/token"


def _vm_extension_url(environ: Mapping[str, str]) -> str:
    override = environ.get(VM_EXTENSION_ENDPOINT)
    if not override:
        return "http://localhost:50342/oauth2/token"
    if not is_loopback(override):
        raise ConfigurationError(
            f"{VM_EXTENSION_ENDPOINT} is {override!r}, which is not an http URL of a loopback address",
            target=VM_EXTENSION_ENDPOINT,
            remedy="Unset it. It exists for the emulator only: a secret is never sent to another machine by it.",
        )
    return override


_VM_SELECTORS = {"client_id": "client_id", "object_id": "object_id", "resource_id": "msi_res_id"}

IMDS = Source(
    "imds",
    "the instance metadata service (IMDS)",
    _imds_url,
    {"api-version": "2018-02-01"},
    _VM_SELECTORS,
    f"IMDS answers on Azure VMs only, at 169.254.169.254 and without a proxy. {_CHECK_IDENTITY}",
)
VM_EXTENSION = Source("vm_extension", "the MSI VM extension", _vm_extension_url, {}, _VM_SELECTORS, _CHECK_EXTENSION)

#: In the order in which they are asked when the caller names none, as late AzureRM did.
SOURCES: Mapping[str, Source] = {source.name: source for source in (IMDS, VM_EXTENSION)}


def choose(name: str | None, endpoint: Endpoint, environ: Mapping[str, str]) -> tuple[tuple[Source, Endpoint], ...]:
    """The sources to ask, in order, each with the endpoint that the caller named for it.

    Args:
        name: The source that the caller named, if any: it comes alone.
        endpoint: Belongs to that source, else to the VM extension, which then comes first. So it does
            where a variable names its endpoint.
        environ: The variables.

    Raises:
        UsageError: There is no source of that name.
    """
    if name is not None:
        if name not in SOURCES:
            raise UsageError(
                f"there is no source named {name!r}", target=name, remedy=f"Sources: {', '.join(SOURCES)}."
            )
        return ((SOURCES[name], endpoint),)
    rows = ((IMDS, Endpoint()), (VM_EXTENSION, endpoint))
    named = endpoint.url is not None or bool(environ.get(VM_EXTENSION_ENDPOINT))
    return rows[::-1] if named else rows


def parse(source: Source, resource: str, response: HttpResponse, *, now: float) -> AccessToken:
    """The token in an answer.

    Raises:
        TokenRejectedError: The endpoint refused, in its own words.
        TokenThrottledError: It asks to come back later.
        MalformedError: The answer is not what the source speaks. No part of a token is shown.
    """
    if response.status != 200:
        raise _refusal(source, response)
    answer = _json_object(response)
    if answer is None:
        raise MalformedError(
            f"{source.title} answered 200, but not with a JSON object ({_describe(response)})",
            target=source.name,
            remedy="Something else may listen at that address: a proxy, or another program.",
        )
    token = answer.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise MalformedError(f"{source.title} answered without a usable access_token", target=source.name)
    # The VM extension does not tell whose token it is; the token does.
    client_id = answer.get("client_id") or claims(token).get("appid")
    return AccessToken(
        token=token,
        expires_on=_expires_on(source, answer, token, now),
        resource=resource,
        source=source.name,
        client_id=client_id if isinstance(client_id, str) and client_id else None,
    )


def claims(token: str) -> dict[str, object]:
    """The claims of a JWT, for display only: the signature is not checked. Empty if it is not a JWT."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _expires_on(source: Source, answer: Mapping[str, object], token: str, now: float) -> int:
    """Seconds since 1970, from `expires_on`, `expires_in` or the JWT's own `exp`, in this order."""
    for value, start in ((answer.get("expires_on"), 0), (answer.get("expires_in"), now)):
        seconds = _whole_number(value)
        if seconds is not None:
            return int(start) + seconds
    expires = _whole_number(claims(token).get("exp"))
    if expires is None:
        raise MalformedError(
            f"{source.title} answered with a token that does not say when it expires", target=source.name
        )
    return expires


def _whole_number(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
        return value
    return None


def _json_object(response: HttpResponse) -> dict[str, object] | None:
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _describe(response: HttpResponse) -> str:
    return f"{response.header('Content-Type') or 'no content type'}, {len(response.body)} bytes"


def _refusal(source: Source, response: HttpResponse) -> PyBridgeError:
    """The error for an answer that is not 200, with the endpoint's own words."""
    answer = _json_object(response) or {}
    error = answer.get("error")
    words = answer.get("error_description") or error
    said = f": {words}" if isinstance(words, str) and words else f" ({_describe(response)})"
    details: dict[str, object] = {"status": response.status}
    if isinstance(error, str):
        details["error"] = error
    retry_after = response.header("Retry-After")
    if retry_after is not None:
        details["retry_after"] = retry_after
    message = f"{source.title} answered {response.status}{said}"
    if response.status in {404, 410, 429} or response.status >= 500:
        return TokenThrottledError(
            message,
            target=source.name,
            remedy="It is busy or being updated. Try again later.",
            details=details,
        )
    return TokenRejectedError(message, target=source.name, remedy=_advice(str(words)), details=details)


def _advice(words: str) -> str:
    """What to do about a refusal: the row whose key stands in the endpoint's words."""
    for key, advice in _ADVICE.items():
        if key in words.lower():
            return advice
    return f"Check the resource and the identity that were asked for. {_CHECK_IDENTITY}"


_ADVICE: Mapping[str, str] = {
    "multiple user assigned": "Name one of them: client_id (--client-id, -ClientId) or its resource ID. "
    "They stand on the VM's page Identity, tab User assigned.",
    "identity not found": _CHECK_IDENTITY + " If you named an identity, check that it is assigned to this VM.",
    "aadsts50001": 'A resource is a URL such as "https://management.azure.com/"; check its spelling.',
    "resource": 'A resource is a URL such as "https://management.azure.com/"; check its spelling.',
}
