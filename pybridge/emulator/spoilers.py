"""What a fault may make of an answer, by name: an answer goes in, a spoilt one comes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from ..models import HttpResponse

#: Bytes of a huge body.
HUGE = 100 << 20


def _html(answer: HttpResponse) -> HttpResponse:
    """The page of something that sits in between."""
    page = b"<html><body>Sign in to the network</body></html>"
    return HttpResponse(answer.status, {"Content-Type": "text/html"}, page)


def _empty(answer: HttpResponse) -> HttpResponse:
    return answer._replace(body=b"")


def _truncated(answer: HttpResponse) -> HttpResponse:
    """Half of it, and its length says so, too."""
    return answer._replace(body=answer.body[: len(answer.body) // 2])


def _huge(answer: HttpResponse) -> HttpResponse:
    """Zeros: the operating system gives no memory for those until somebody copies them."""
    return answer._replace(body=bytes(HUGE))


def _redirect(answer: HttpResponse) -> HttpResponse:
    """Who follows it shows up among the emulator's requests."""
    return HttpResponse(302, {"Location": "/redirected"})


def _wrong_type(answer: HttpResponse) -> HttpResponse:
    """The truth, under a wrong name."""
    return answer._replace(headers={**answer.headers, "Content-Type": "text/html"})


def _json(change: Callable[[dict[str, Any]], object]) -> Callable[[HttpResponse], HttpResponse]:
    """Changes the fields of an answer that has a token, and leaves others alone."""

    def spoil(answer: HttpResponse) -> HttpResponse:
        try:
            fields = json.loads(answer.body)
        except ValueError:
            return answer
        if not isinstance(fields, dict) or "access_token" not in fields:
            return answer
        change(fields)
        return answer._replace(body=json.dumps(fields, separators=(",", ":")).encode())

    return spoil


def _opaque(fields: dict[str, Any]) -> None:
    """A token that tells nothing, so that its own expiry does not help."""
    fields["access_token"] = fields["access_token"].rpartition(".")[2]


def _no_expiry(fields: dict[str, Any]) -> None:
    _opaque(fields)
    for name in ("expires_in", "expires_on", "ext_expires_in", "not_before"):
        fields.pop(name, None)


def _absurd_expiry(fields: dict[str, Any]) -> None:
    _opaque(fields)
    for name, absurd in (("expires_in", "-1"), ("expires_on", "the day after tomorrow")):
        if name in fields:
            fields[name] = absurd


def _control_characters(fields: dict[str, Any]) -> None:
    fields["access_token"] += "\r\nX-Injected: 1\x00"


def _no_token(fields: dict[str, Any]) -> None:
    del fields["access_token"]


def _no_echo(fields: dict[str, Any]) -> None:
    """As an old agent of Azure Arc answers, which has not looked at whose token was asked for."""
    for name in ("client_id", "object_id", "principal_id", "msi_res_id", "mi_res_id"):
        fields.pop(name, None)


SPOILERS: Mapping[str, Callable[[HttpResponse], HttpResponse]] = {
    "html": _html,
    "empty": _empty,
    "truncated": _truncated,
    "huge": _huge,
    "redirect": _redirect,
    "wrong-type": _wrong_type,
    "no-expiry": _json(_no_expiry),
    "absurd-expiry": _json(_absurd_expiry),
    "control-characters": _json(_control_characters),
    "no-token": _json(_no_token),
    "no-echo": _json(_no_echo),
}
