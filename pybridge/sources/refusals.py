"""A refusal of a source as an error: in the source's own words, with what to do about it, and no secret in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from .. import catalogue
from ..errors import NoEndpointError, PyBridgeError, TokenRejectedError, TokenThrottledError
from ..models import HttpResponse
from ..printable import printable
from .app_service import APP_SERVICE
from .source import Ask, Source
from .virtual_machine import CHECK_IDENTITY, IMDS, VM_EXTENSION

_MOST_WORDS = 1000
_LIKE_A_TOKEN = r"eyJ[\w-]+(\.[\w-]*)*"
_SECRET_HEADERS = ("authorization", "secret", "x-identity-header")


def described(response: HttpResponse) -> str:
    """What can be said of a body that is not shown."""
    kind = _hidden(response.header("Content-Type") or "no content type", (), 80)
    return f"{kind}, {len(response.body)} bytes"


def words_of(answer: Mapping[str, object]) -> tuple[str | None, str | None]:
    """The code and the sentence of a refusal, in all the shapes there are.

    IMDS: {error, error_description}. Cloud Shell, Service Fabric: {error: {code, message}}.
    App Service: {statusCode, message}; of 2017: {ExceptionMessage}, with status 200 too.
    """
    error = answer.get("error")
    inner = error if isinstance(error, dict) else {}
    code = error if isinstance(error, str) else inner.get("code")
    sentences = (
        answer.get("error_description"),
        inner.get("message"),
        answer.get("message"),
        answer.get("Message"),
        answer.get("ExceptionMessage"),
        code,
    )
    sentence = next((text for text in sentences if isinstance(text, str) and text), None)
    return (code if isinstance(code, str) else None), sentence


def _plain_words(response: HttpResponse) -> str | None:
    """The body, where it is a short sentence: Arc's errors are."""
    if not (response.header("Content-Type") or "").lower().startswith("text/plain"):
        return None
    text = " ".join(response.body.decode("utf-8", "replace").split())
    return text if text.isprintable() else None


def refusal(
    source: Source, ask: Ask, response: HttpResponse, answer: Mapping[str, object], sent: Mapping[str, str]
) -> PyBridgeError:
    """The error for an answer that is no token, with the endpoint's own words."""
    code, words = words_of(answer)
    words = words or _plain_words(response)
    if source is IMDS and response.status == 403 and not answer:
        # Docker Desktop's own proxy, which says so in the language of its system.
        return NoEndpointError(
            f"Docker Desktop, or a proxy, answers in place of {source.title}",
            target=source.name,
            remedy="There is no IMDS behind Docker Desktop. Run it on an Azure VM, or against the emulator.",
        )
    secrets = [value for name, value in sent.items() if name.lower() in _SECRET_HEADERS]
    said = f": {_hidden(words, secrets)}" if words else f" ({described(response)})"
    details: dict[str, object] = {"status": response.status}
    if code is not None:
        details["error"] = _hidden(code, secrets)
    retry_after = response.header("Retry-After")
    if retry_after is not None:
        details["retry_after"] = printable(retry_after, 100)
    message = f"{source.title} answered {response.status}{said}"
    if source.policy.wants(response.status):
        return TokenThrottledError(
            message,
            target=source.name,
            remedy=_patience(source, ask, response.status),
            details=details,
        )
    return TokenRejectedError(message, target=source.name, remedy=_advice(words or "", source, ask), details=details)


def _hidden(words: str, secrets: Iterable[str], limit: int = _MOST_WORDS) -> str:
    """Words of a service, on one line and without what may be a secret in them.

    What no terminal shows goes first, or it would save a secret that it cuts in two; the end goes last.
    """
    words = printable(words, len(words))
    for secret in secrets:
        for part in filter(None, (secret, secret.removeprefix("Basic "))):
            words = words.replace(part, "<secret>")
    return printable(re.sub(_LIKE_A_TOKEN, "<token>", words), limit)


def _patience(source: Source, ask: Ask, status: int) -> str:
    """What to do about an endpoint that wants to be asked later."""
    if source is APP_SERVICE and status == 500:
        hint = (
            "App Service answers so to a resource that it does not know, too: check its spelling, or try again later."
        )
        return f"{catalogue.did_you_mean(ask.resource)} {hint}".lstrip()
    return "It is busy or being updated. Try again later."


def _advice(words: str, source: Source, ask: Ask) -> str:
    """What to do about a refusal: the row whose key stands in the endpoint's words."""
    lower = words.lower()
    advice = next((text for key, text in _ADVICE.items() if key in lower), _UNKNOWN)
    if advice is _CHECK_RESOURCE:
        return f"{catalogue.did_you_mean(ask.resource)} {advice}".lstrip()
    identity = CHECK_IDENTITY if source in (IMDS, VM_EXTENSION) else "Check that a managed identity is turned on here."
    return advice.replace("{identity}", identity)


_UNKNOWN = "Check the resource and the identity that were asked for. {identity}"
_CHECK_ASSIGNED = "{identity} If you named an identity, check that it is assigned here."
_CHECK_RESOURCE = (
    'A resource is a URL such as "https://management.azure.com/"; `pybridge resources` lists them. Check its spelling.'
)
_ADVICE: Mapping[str, str] = {
    "multiple user assigned": "Name one of them: client_id (--client-id, -ClientId) or its resource ID. "
    "They stand on the VM's page Identity, tab User assigned.",
    "identity not found": _CHECK_ASSIGNED,
    "no managed identity found": _CHECK_ASSIGNED,
    "aadsts50001": _CHECK_RESOURCE,
    "aadsts500011": _CHECK_RESOURCE,
    "aadsts70021": "Check that the federated credential of the identity names this cluster, namespace and account.",
    "aadsts700024": "The cluster's token has expired: check AZURE_FEDERATED_TOKEN_FILE, and the machine's clock.",
    "aadsts700016": "Check the client ID, AZURE_CLIENT_ID if you named none, and AZURE_TENANT_ID.",
    "aadsts90002": "Check AZURE_TENANT_ID.",
    "audience": _CHECK_RESOURCE,
    "resource": _CHECK_RESOURCE,
}
