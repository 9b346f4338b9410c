"""A token from the answer of a source: whose it is, and when it expires."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from ..errors import MalformedError, TokenRejectedError
from ..models import AccessToken, HttpResponse, ManagedIdentityId
from ..printable import printable
from .expiry import http_date, instant, seconds
from .jwt import claims
from .refusals import described, refusal, words_of
from .source import Ask, Source

#: A token that is worth renewing at half its life: one of at least so many seconds.
LONG_LIVED = 7200

#: Seconds for which a token is kept at most. Azure's longest lasts 28 h; who says more may have a wrong clock.
LONGEST = 172_800

_SOMETHING_ELSE = "Something else may listen at that address: a proxy, or another program."

#: How the emulator calls itself in its answers.
EMULATOR = "pybridge-emulator"


class Grant(NamedTuple):
    """A token as it has just come.

    Attributes:
        token: The token.
        lifetime: Seconds that it still lasts, whatever this machine's clock says.
        emulated: Whether the emulator made it.
    """

    token: AccessToken
    lifetime: float
    emulated: bool = False


def parse(
    source: Source, ask: Ask, response: HttpResponse, *, now: float, sent: Mapping[str, str] | None = None
) -> Grant:
    """The token in an answer.

    Args:
        now: Seconds since 1970, by this machine's clock.
        sent: The headers of the request, whose secrets are taken out of the source's words.

    Raises:
        TokenRejectedError: The endpoint refused, in its own words.
        TokenThrottledError: It asks to come back later.
        NoEndpointError: Something else answered in its place, as Docker Desktop does.
        MalformedError: The answer is not what the source speaks. No part of a token is shown.
    """
    answer = _json_object(response)
    if response.status != 200 or (answer is not None and "access_token" not in answer and words_of(answer)[1]):
        raise refusal(source, ask, response, answer or {}, sent or {})
    if answer is None:
        raise MalformedError(
            f"{source.title} answered 200, but not with a JSON object ({described(response)})",
            target=source.name,
            remedy=_SOMETHING_ELSE,
        )
    token = answer.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable() or " " in token:
        raise MalformedError(
            f"{source.title} answered without a usable access_token", target=source.name, remedy=_SOMETHING_ELSE
        )
    _check_identity(source, ask.identity, answer)
    expires_on, lifetime = _expiry(source, answer, token, response, now)
    lifetime = min(lifetime, LONGEST)
    # The VM extension does not tell whose token it is; the token does.
    client_id = answer.get("client_id") or claims(token).get("appid")
    return Grant(
        AccessToken(
            token=token,
            expires_on=expires_on,
            resource=ask.resource,
            source=source.name,
            client_id=client_id if isinstance(client_id, str) and client_id and client_id.isprintable() else None,
            refresh_on=int(now + lifetime / 2) if lifetime >= LONG_LIVED else None,
        ),
        lifetime,
        emulated=response.header("Server") == EMULATOR,
    )


#: What an answer is held to that may, but need not, tell whose token it has.
_ECHOES: Mapping[str, tuple[str, ...]] = {"client_id": ("client_id",)}


def _check_identity(source: Source, identity: ManagedIdentityId, answer: Mapping[str, object]) -> None:
    """Refuse the token of another identity than was asked for, and where the row says so, an answer that is silent."""
    if identity.selector is None:
        return
    way, wanted = identity.selector
    names = _ECHOES.get(way, ()) if source.echoes is None else source.echoes[way]
    told = [value for name in names if isinstance(value := answer.get(name), str) and value]
    if source.echoes is not None and not told:
        raise TokenRejectedError(
            f"{source.title} does not say whose token it sent, so it may not be the identity {wanted}",
            target=source.name,
            remedy="Old agents answer with the system-assigned identity, whatever they are asked for: "
            "update the agent, or name no identity.",
        )
    if any(value.lower() != wanted.lower() for value in told):
        other = printable(told[0], 100) or "somebody else"
        raise TokenRejectedError(
            f"{source.title} sent the token of {other}, and {wanted} was asked for",
            target=source.name,
            remedy="Check that this identity is assigned here.",
        )


def _expiry(
    source: Source, answer: Mapping[str, object], token: str, response: HttpResponse, now: float
) -> tuple[int, float]:
    """When the token expires (seconds since 1970), and in how many seconds that is.

    `expires_on`, `expires_in` or, where there is neither, the JWT's own `exp`. The server's clock, where it tells it,
    counts more than ours.
    """
    server_now = _date(response)
    duration = seconds(answer.get("expires_in"))
    expires_on = instant(answer.get("expires_on"))
    if not answer.get("expires_on") and not answer.get("expires_in"):
        expires_on = instant(claims(token).get("exp"))
    if expires_on is None:
        if duration is None:
            raise MalformedError(
                f"{source.title} answered with a token that does not say when it expires",
                target=source.name,
                remedy=_SOMETHING_ELSE,
            )
        return int((server_now or now) + duration), duration
    left = expires_on - (server_now or now)
    if left <= 0 and server_now is None and duration is not None:
        return expires_on, duration  # our clock is ahead; the source's words are all there is
    if left <= 0:
        raise MalformedError(
            f"{source.title} answered with a token that has expired already, {-left:.0f} s ago",
            target=source.name,
            remedy="Check this machine's clock." if server_now is None else "Try again later: it may have a newer one.",
        )
    # IMDS may count expires_in from when the token was issued, so the shorter of the two is the truth.
    return expires_on, min(left, duration) if duration is not None else left


def _date(response: HttpResponse) -> float | None:
    """The server's clock, in seconds since 1970."""
    text = response.header("Date")
    return None if text is None else http_date(text)


def _json_object(response: HttpResponse) -> dict[str, object] | None:
    try:
        answer = json.loads(response.body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None
