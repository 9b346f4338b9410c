"""An endpoint that runs no scripts, but has a `Get-MsiToken`: to us it is an IMDS that knows nothing but tokens.

Such is one of Just Enough Administration. The token comes as a SecureString, which PowerShell encrypts on its way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from .. import protocol
from ..errors import (
    CredentialError,
    LanguageModeError,
    NoEndpointError,
    PyBridgeError,
    RemoteScriptError,
    TransportError,
    UnsupportedError,
)
from ..models import HttpRequest, HttpResponse
from .exchange import CONSTRAINED, Asker, use
from .nouns import PSSession

_COMMAND = "Get-MsiToken"
_TOKEN_PATH = "/metadata/identity/oauth2/token"

#: What IMDS calls an identity, and what the command does.
_PARAMETERS: Mapping[str, str] = {
    "resource": "Resource",
    "client_id": "ClientId",
    "object_id": "ObjectId",
    "msi_res_id": "ResourceId",
    "mi_res_id": "ResourceId",
}

_EXPOSE = (
    f"Let its session configuration expose {_COMMAND}: about_PyBridge has a role capability that does. "
    "Or use a session of a configuration in which scripts run, such as the default one."
)


def send(ask: Asker, session: PSSession, request: HttpRequest, mode: str) -> HttpResponse:
    """Answer the request as IMDS would.

    Raises:
        LanguageModeError: There is no such command.
        UnsupportedError: It is not about a token.
        PyBridgeError: What the command says in the place of one.
    """
    split = urlsplit(request.url)
    query = {name: values[-1] for name, values in parse_qs(split.query).items()}
    if split.path != _TOKEN_PATH:
        raise UnsupportedError(
            f"{session} runs no scripts, and so gives tokens only", target=session.name, remedy=_EXPOSE
        )
    parameters = {_PARAMETERS[name]: value for name, value in query.items() if name in _PARAMETERS}
    question = {"command": _COMMAND, "parameters": parameters, "members": ["Token", "ExpiresOn", "ClientId"]}
    try:
        answer = use(ask, session, question, session.timeout)
    except RemoteScriptError as exc:
        raise _refusal(session, exc, mode) from exc
    secrets, members = answer.get("secrets") or {}, answer.get("members") or {}
    token, expires = secrets.get("Token"), members.get("ExpiresOn")
    if not token:
        raise RemoteScriptError(
            f"the {_COMMAND} of {session} returns no token as a SecureString",
            target=session.name,
            remedy="It has to return an object with the members Token, a SecureString, and ExpiresOn, a DateTime, as "
            "that of PyBridge does. Plain text would stand in the logs there.",
        )
    body: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "resource": query.get("resource")}
    if expires:
        body["expires_on"] = str(int(datetime.fromisoformat(expires.replace("Z", "+00:00")).timestamp()))
    if members.get("ClientId"):
        body["client_id"] = members["ClientId"]
    return HttpResponse(200, {"Content-Type": "application/json"}, json.dumps(body).encode("ascii"))


def no_scripts(session: PSSession, mode: str) -> LanguageModeError:
    """The error for what takes a script of ours."""
    return LanguageModeError(
        f"{session} {_constraint(mode)}",
        target=session.name,
        remedy="Use a session of a configuration in which scripts run, such as the default one.",
    )


def _constraint(mode: str) -> str:
    return f"is in {mode} mode, in which scripts of ours do not run" if mode else "runs no scripts"


def _refusal(session: PSSession, error: RemoteScriptError, mode: str) -> PyBridgeError:
    """What an error of the command there is to us."""
    identifier = str(error.details.get("error_id") or "").partition(",")[0]
    if identifier == "CommandNotFoundException":
        allow = " Or allow what logs there may record: -AllowLogged." if mode == CONSTRAINED else ""
        return LanguageModeError(
            f"{session} {_constraint(mode)}, and exposes no {_COMMAND}", target=session.name, remedy=_EXPOSE + allow
        )
    name = identifier.removeprefix("PyBridge.")
    code = "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name).lstrip("_")
    found = protocol.error_class(code) if name != identifier else RemoteScriptError
    if found is PyBridgeError:
        found = RemoteScriptError
    if issubclass(found, TransportError | NoEndpointError):
        found = CredentialError  # nothing else there is worth a try
    remedy = error.details.get("remedy")
    return found(error.message, target=session.name, remedy=str(remedy) if remedy else None)
