"""The wire formats that are served, one row each: how a token is asked for, and how it, or a refusal, is told.

https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qsl

from ..models import AccessToken, HttpResponse, ManagedIdentityId
from ..sources import claims
from .refusals import Refusal

_MAX_PARAMETERS = 32
#: The first version of IMDS that hands out tokens, and some that clients ask for.
_FIRST_TOKEN_VERSION = "2018-02-01"
_NEWEST_VERSIONS = ("2025-04-07", "2024-07-17", "2024-03-15")
_DATE = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]")


class Asked(NamedTuple):
    """What a client wants: a token for which resource, and of which identity."""

    resource: str
    identity: ManagedIdentityId


class Format(NamedTuple):
    """A way to ask for tokens.

    Attributes:
        path: In lower case.
        methods: What it may be asked with; a POST brings a form.
        header: What every request must have: Metadata, which says `true`, or a secret.
        is_secret: Which of the two it is.
        no_header: The refusal of a request without it.
        selectors: Which way to name an identity each of its parameters is.
        check_version: Refuses a bad api-version, or none.
        granted: The fields of an answer with a token: (token, asked, now).
        refused: The fields of a refusal.
    """

    path: str
    methods: tuple[str, ...]
    header: str
    is_secret: bool
    no_header: tuple[int, str, str]
    selectors: Mapping[str, str]
    check_version: Callable[[str], None]
    granted: Callable[[AccessToken, Asked, float], dict[str, object]]
    refused: Callable[[Refusal], Mapping[str, object]]

    def check(self, method: str, headers: Mapping[str, str], secret: str) -> None:
        """Refuse another method, and a request without the header.

        Args:
            headers: By their names in lower case.
            secret: What the header must say if it is a secret.

        Raises:
            Refusal: So it is.
        """
        if method not in self.methods:
            allowed = ", ".join(self.methods)
            raise Refusal(405, "invalid_request", f"Use {' or '.join(self.methods)}", {"Allow": allowed})
        said = headers.get(self.header.lower(), "")
        if self.is_secret:
            right = hmac.compare_digest(said.encode("utf-8", "replace"), secret.encode())
        else:
            right = said.lower() == "true"
        if not right:
            raise Refusal(*self.no_header)

    def read(self, query: str, form: bytes) -> Asked:
        """What is asked for, from the query and the form together.

        Raises:
            Refusal: It is not clear, or not complete.
        """
        values = _parameters(query, form)
        self.check_version(values.get("api-version", ""))
        resource = values.get("resource")
        if not resource:
            raise Refusal(400, "invalid_request", "Required query variable 'resource' is missing")
        given = [(way, values[name]) for name, way in self.selectors.items() if values.get(name)]
        if len(given) > 1:
            raise Refusal(400, "invalid_request", f"Only one of {', '.join(self.selectors)} may be specified")
        return Asked(resource, ManagedIdentityId(**dict(given)))

    def token(self, token: AccessToken, asked: Asked, now: float) -> HttpResponse:
        """The answer with a token."""
        return _answer(200, self.granted(token, asked, now))

    def refusal(self, refusal: Refusal) -> HttpResponse:
        """The answer that says no."""
        return _answer(refusal.status, refusal.body or self.refused(refusal), refusal.headers)


def _answer(status: int, value: object, headers: Mapping[str, str] | None = None) -> HttpResponse:
    stated = {"Content-Type": "application/json; charset=utf-8", "Cache-Control": "no-store", **(headers or {})}
    return HttpResponse(status, stated, json.dumps(value, separators=(",", ":")).encode("ascii"))


def _parameters(query: str, form: bytes) -> dict[str, str]:
    """By their names in lower case. One that is given twice would leave it to luck which one counts."""
    values: dict[str, str] = {}
    try:
        pairs = [
            pair
            for text in (query, form.decode("utf-8"))
            for pair in parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MAX_PARAMETERS)
        ]
    except ValueError as exc:
        raise Refusal(400, "invalid_request", "The parameters cannot be read") from exc
    for name, value in pairs:
        if name.lower() in values:
            raise Refusal(400, "invalid_request", f"The query variable '{name}' is specified more than once")
        values[name.lower()] = value
    return values


def _any_version(version: str) -> None:
    """The VM extension has no versions."""


def _imds_version(version: str) -> None:
    if not _DATE.fullmatch(version) or version < _FIRST_TOKEN_VERSION:
        words = (
            "Bad request. api-version is invalid or was not specified in the request. "
            "For more information refer to aka.ms/azureimds"
        )
        raise Refusal(400, words, words, body={"error": words, "newest-versions": _NEWEST_VERSIONS})


def _app_service_version(version: str) -> None:
    if version != "2019-08-01":
        raise Refusal(400, "invalid_request", "api-version must be 2019-08-01")


def _extension_token(token: AccessToken, asked: Asked, now: float) -> dict[str, object]:
    """All are text, the numbers too."""
    return {
        "access_token": token.token,
        "refresh_token": "",
        "expires_in": str(max(0, int(token.expires_on - now))),
        "expires_on": str(int(token.expires_on)),
        "not_before": str(_not_before(token, now)),
        "resource": asked.resource,
        "token_type": "Bearer",
    }


def _imds_token(token: AccessToken, asked: Asked, now: float) -> dict[str, object]:
    fields = _extension_token(token, asked, now)
    del fields["refresh_token"]
    return {**fields, "ext_expires_in": fields["expires_in"], "client_id": token.client_id or ""}


def _app_service_token(token: AccessToken, asked: Asked, now: float) -> dict[str, object]:
    fields = _imds_token(token, asked, now)
    del fields["expires_in"], fields["ext_expires_in"]
    return fields


def _not_before(token: AccessToken, now: float) -> int:
    """When the token began to be valid, by its own words; else a moment when it surely was."""
    stated = claims(token.token).get("nbf")
    return stated if isinstance(stated, int) and 0 < stated < now else int(now)


def _error(refusal: Refusal) -> dict[str, object]:
    return {"error": refusal.error, "error_description": refusal.words}


def _status_code(refusal: Refusal) -> dict[str, object]:
    return {"statusCode": refusal.status, "message": refusal.words}


_VM_SELECTORS = {
    "client_id": "client_id",
    "object_id": "object_id",
    "msi_res_id": "resource_id",
    "mi_res_id": "resource_id",
}
_NO_METADATA = (400, "bad_request_102", "Required metadata header not specified")

VM_EXTENSION = Format(
    path="/oauth2/token",
    methods=("GET", "POST"),
    header="Metadata",
    is_secret=False,
    no_header=_NO_METADATA,
    selectors=_VM_SELECTORS,
    check_version=_any_version,
    granted=_extension_token,
    refused=_error,
)
IMDS = VM_EXTENSION._replace(
    path="/metadata/identity/oauth2/token", methods=("GET",), check_version=_imds_version, granted=_imds_token
)
APP_SERVICE = Format(
    path="/msi/token",
    methods=("GET",),
    header="X-IDENTITY-HEADER",
    is_secret=True,
    no_header=(401, "invalid_request", "X-IDENTITY-HEADER is missing, or not the value of IDENTITY_HEADER"),
    selectors={**_VM_SELECTORS, "principal_id": "object_id"},
    check_version=_app_service_version,
    granted=_app_service_token,
    refused=_status_code,
)

#: What `--as` may name: what is served then. The first one's words are used where a path is nobody's.
SERVED: Mapping[str, tuple[Format, ...]] = {"vm": (VM_EXTENSION, IMDS), "app-service": (APP_SERVICE,)}


def same_resource(resource: str) -> str:
    """The resource in the spelling by which two are compared: without `/.default` or a slash at its end."""
    return resource.removesuffix("/.default").rstrip("/")
