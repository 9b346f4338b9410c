"""One exchange with ARM: the token that goes along, the attempts, and a fresh token where ARM turns one down."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from .. import retry
from ..errors import TransportError
from ..models import AccessToken, Credential, HttpRequest, HttpResponse, Transport
from .paths import shown
from .refusals import passes, refusal

#: How often each method may be sent. What is not here is sent as POST is.
_POLICIES: Mapping[str, retry.Policy] = {
    "GET": retry.ARM_READ,
    "HEAD": retry.ARM_READ,
    "PUT": retry.ARM_WRITE,
    "DELETE": retry.ARM_WRITE,
}

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})

#: Seconds for one attempt: ARM itself gives its services 60 s for a change.
_ATTEMPT = {"GET": 30.0, "HEAD": 30.0}
_LONGEST_ATTEMPT = 90.0

_RATELIMIT = "x-ms-ratelimit-remaining-"


class Sender(NamedTuple):
    """How ARM is asked.

    Attributes:
        credential: Gives the tokens.
        resource: What a token for ARM is asked for.
        transport: The door to ARM.
        deadline: Seconds after which nothing is asked again; what is usual for None.
        clock: Seconds; only differences count.
        sleep: Waits for some seconds. It may raise, and so end what is waited for.
        verbose: Is told of each request, of what ARM still allows, and of each wait; None to tell nobody.
    """

    credential: Credential
    resource: str
    transport: Transport
    deadline: float | None
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    verbose: Callable[[str], None] | None

    def send(self, method: str, url: str, body: Any = None, headers: Mapping[str, str] = _NO_HEADERS) -> HttpResponse:
        """ARM's answer, which is no refusal.

        Args:
            method: The verb in capitals.
            url: With its query.
            body: Is sent as JSON; None for no body.
            headers: Further ones.

        Raises:
            ArmError: ARM refused; its class says why.
            CredentialError: There is no token to ask with.
            TransportError: ARM gave no usable answer.
        """
        return self.send_for(method, url, body, headers)[1]

    def send_for(
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] = _NO_HEADERS
    ) -> tuple[HttpRequest, HttpResponse]:
        """`send`, and what was sent, but for the token."""
        request, response = self.exchange(method, url, body, headers)
        if not 200 <= response.status < 300:
            raise refusal(request, response, urlsplit(url).path)
        return request, response

    def exchange(
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] = _NO_HEADERS
    ) -> tuple[HttpRequest, HttpResponse]:
        """The request, and ARM's answer, be it a refusal."""
        token = self.credential.get_token(self.resource)
        request = _request(method, url, body, headers)
        response = self._attempts(request, token)
        if response.status == 401:
            # A cached token may have been revoked; but a caller's own one stays what it is.
            fresh = self.credential.get_token(self.resource, force_refresh=True)
            if fresh.token != token.token:
                self.tell("ARM turned the token down (401): asking again with a fresh one")
                response = self._attempts(request, fresh)
        return request, response

    def tell(self, message: str) -> None:
        """Say something for -Verbose."""
        if self.verbose is not None:
            self.verbose(message)

    def _attempts(self, request: HttpRequest, token: AccessToken) -> HttpResponse:
        authorized = _authorized(request, token)
        policy = _POLICIES.get(request.method, retry.ARM_ACTION)
        return retry.attempts(
            policy,
            lambda: self._once(authorized),
            sleep=self.sleep,
            clock=self.clock,
            deadline=self.deadline,
            passes=(lambda response: False) if policy is retry.ARM_READ else passes,
            tell=self._tell_wait,
        )

    def _once(self, request: HttpRequest) -> HttpResponse:
        if self.verbose is None:
            return self.transport.send(request)
        began, what = self.clock(), f"{request.method} {shown(request.url)}"
        try:
            response = self.transport.send(request)
        except TransportError as exc:
            self.verbose(f"{what}: no answer after {self.clock() - began:.3f} s ({exc.code})")
            raise
        self.verbose(f"{what}: {response.status} in {self.clock() - began:.3f} s{_told_by(response)}")
        return response

    def _tell_wait(self, outcome: HttpResponse | TransportError, wait: float) -> None:
        why = f"ARM answered {outcome.status}" if isinstance(outcome, HttpResponse) else outcome.message
        asked = isinstance(outcome, HttpResponse) and outcome.header("Retry-After") is not None
        self.tell(f"{why}: asking again in {wait:.1f} s{', as it says' if asked else ''}")


def _request(method: str, url: str, body: Any, headers: Mapping[str, str]) -> HttpRequest:
    """The request, without the token: so it may be shown."""
    sent = {"Accept": "application/json", **headers}
    data = b""
    if body is not None:
        data = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    return HttpRequest(method, url, sent, data, _ATTEMPT.get(method, _LONGEST_ATTEMPT))


def _authorized(request: HttpRequest, token: AccessToken) -> HttpRequest:
    return request._replace(headers={"Authorization": f"Bearer {token.token}", **request.headers})


def _told_by(response: HttpResponse) -> str:
    """The request ID of an answer, and what ARM still allows."""
    facts = []
    request_id = response.header("x-ms-request-id")
    if request_id:
        facts.append(f"request ID {request_id}")
    facts += [
        f"{name.lower().removeprefix(_RATELIMIT)} left: {value}"
        for name, value in response.headers.items()
        if name.lower().startswith(_RATELIMIT)
    ]
    return f" ({'; '.join(facts)})" if facts else ""
