"""The token endpoints that guests of Azure's own hosts ask: App Service and its kin.

Wire formats: https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference (both of
its versions; Azure ML speaks the older one), https://learn.microsoft.com/azure/automation/automation-hrw-run-runbooks
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..models import HttpResponse
from . import dates
from .exchange import Call, json_answer
from .nouns import Principal, VirtualMachine
from .site import Site
from .tokencall import Dialect, nested, numbered, own, times

_USER_ASSIGNED = {
    "client_id": "client_id",
    "principal_id": "object_id",
    "object_id": "object_id",
    "mi_res_id": "resource_id",
}
_NOT_FOUND = (400, "", "No Managed Identity found for specified ClientId/ResourceId/PrincipalId.")


class Wire(NamedTuple):
    """How one of them speaks.

    Attributes:
        dialect: Its parameters and its refusals.
        header: Which one holds the secret; None where none is asked for.
        versions: Its values of api-version; where empty, any or none will do.
        methods: What it answers.
        metadata: Whether it wants the Metadata header.
        expires_on: How it writes a moment, given the machine.
        fields: Its answer, from the token's fields and whose token it is.
    """

    dialect: Dialect
    header: str | None
    versions: Sequence[str]
    methods: Sequence[str]
    metadata: bool
    expires_on: Callable[[int, VirtualMachine], object]
    fields: Callable[[Mapping[str, Any], Principal], dict[str, Any]]

    def answer(self, call: Call, site: Site) -> HttpResponse:
        dialect = self.dialect
        values = dialect.values(call, self.methods)
        if self.metadata:
            if "x-forwarded-for" in call.headers:
                raise dialect.refusal("forwarded")
            dialect.check_metadata(call)
        if self.header is not None:
            dialect.check_secret(call, self.header, site.secret)
        if self.versions:
            dialect.check_version(call, self.versions)
        identity, resource = dialect.wanted(values, site.vm)
        token, lifetime = site.token(identity, resource, call.now)
        shared: dict[str, Any] = times(call.now, lifetime, resource)
        shared["expires_on"] = self.expires_on(int(call.now) + lifetime, site.vm)
        return json_answer(200, {"access_token": token, **self.fields(shared, identity)})


def _short(shared: Mapping[str, Any], identity: Principal) -> dict[str, Any]:
    return {name: shared[name] for name in ("expires_on", "resource", "token_type")}


def _long(shared: Mapping[str, Any], identity: Principal) -> dict[str, Any]:
    """There is no expires_in."""
    return {"client_id": identity.client_id, "not_before": shared["not_before"], **_short(shared, identity)}


def _text(seconds: int, vm: VirtualMachine) -> str:
    return str(seconds)


def _number(seconds: int, vm: VirtualMachine) -> int:
    return seconds


def _date(seconds: int, vm: VirtualMachine) -> str:
    """.NET writes it as its system does: 1/16/2020 5:24:12 AM +00:00, or 06/20/2019 02:57:58 +00:00."""
    return f"{dates.unpadded(seconds) if vm.os == 'Windows' else dates.padded(seconds)} +00:00"


APP_SERVICE = Wire(
    dialect=Dialect(
        numbered,
        _USER_ASSIGNED,
        own,
        {
            "no_identity": _NOT_FOUND,
            # It does not tell what is wrong.
            "bad_resource": (500, "", "An unexpected error occurred while fetching the AAD token."),
        },
    ),
    header="X-IDENTITY-HEADER",
    versions=("2019-08-01",),
    methods=("GET",),
    metadata=False,
    expires_on=_text,
    fields=_long,
)


def _of_2017(status: int, code: str, words: str) -> HttpResponse:
    """As the version of 2017 says it: with some refusals it answers 200."""
    if status == 200:
        return json_answer(200, {"ExceptionMessage": words, "ErrorCode": code})
    return numbered(status, code, words)


APP_SERVICE_2017 = Wire(
    dialect=Dialect(
        _of_2017,
        {"clientid": "client_id"},
        own,
        {
            "no_identity": _NOT_FOUND,
            "bad_resource": (
                200,
                "invalid_resource",
                "AADSTS50001: The application named {resource} was not found in the tenant named {tenant}.",
            ),
        },
    ),
    header="Secret",
    versions=("2017-09-01",),
    methods=("GET",),
    metadata=False,
    expires_on=_date,
    fields=_short,
)

AZURE_ML = Wire(
    dialect=Dialect(nested, {"clientid": "client_id"}),
    header="Secret",
    versions=("2017-09-01",),
    methods=("GET",),
    metadata=False,
    expires_on=_number,
    fields=_short,
)


HYBRID_WORKER = Wire(
    dialect=Dialect(
        numbered,
        {},
        own,
        {
            "no_identity": _NOT_FOUND,
            "refused": (
                400,
                "",
                "User assigned identity is currently not supported clientID must not be passed in request",
            ),
        },
        refused=("clientid", *_USER_ASSIGNED),
    ),
    header="Secret",
    versions=(),
    methods=("GET", "POST"),
    metadata=True,
    expires_on=_text,
    fields=_long,
)

AUTOMATION = Wire(
    dialect=Dialect(numbered, _USER_ASSIGNED, own, {"no_identity": _NOT_FOUND}),
    header=None,
    versions=(),
    methods=("GET", "POST"),
    metadata=True,
    expires_on=_text,
    fields=_long,
)
