"""The door to Azure over the internet: TLS, certificate authorities and proxies as everywhere else."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..addresses import is_loopback, origin
from ..errors import CutOffError, MalformedError, TransportError, UnsafeError
from ..models import HERE, HttpRequest, HttpResponse
from .checks import check_headers, checked, cut_off, not_http, refused, timed_out, unreachable

if TYPE_CHECKING:
    import requests

_CHUNK = 65536


class HttpsTransport:
    """Asks Azure over the internet: one pooled session; CA and proxy variables count as everywhere else.

    A bearer token leaves over https only; plain http to a loopback address is the one exception, for the
    emulator.

    Args:
        connect_timeout: Seconds for the connection.
        max_body: Bytes after which an answer is given up.
        clock: Seconds of a monotonic clock.
    """

    #: Where requests set out from, see `Transport`.
    place = HERE

    def __init__(
        self,
        *,
        connect_timeout: float = 10.0,
        max_body: int = 64 << 20,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._max_body = max_body
        self._clock = clock
        self._session: requests.Session | None = None
        self._process = 0

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer the request. `request.timeout` bounds each wait; the whole is looked at between pieces of 64 KiB."""
        import requests  # takes 80 ms: only when ARM is asked

        place, loopback = origin(request.url), is_loopback(request.url)
        if place is None or (place[0] != "https" and not loopback):
            raise UnsafeError(
                f"{request.url} is not a plain https URL, so no token is sent there",
                target=request.url,
                remedy="ARM endpoints are https; plain http is for the emulator, on a loopback address.",
            )
        check_headers(request)
        if self._session is None or self._process != os.getpid():  # a child must not share its parent's connections
            self._session, self._process = requests.Session(), os.getpid()
        session, deadline = self._session, self._clock() + request.timeout
        proxies: Any = dict(_NO_PROXY) if loopback else {}
        timeout = (min(self._connect_timeout, request.timeout), request.timeout)
        try:
            settings: Any = session.merge_environment_settings(
                request.url, proxies, stream=True, verify=None, cert=None
            )
            with session.send(
                _prepared(request, session), timeout=timeout, allow_redirects=False, **settings
            ) as answer:
                body = bytearray()  # bytes would be copied whole for each chunk
                for chunk in answer.iter_content(_CHUNK):
                    body += chunk
                    if len(body) > self._max_body:
                        break
                    if self._clock() > deadline:
                        raise timed_out(request)
                if getattr(answer.raw, "length_remaining", None) and len(body) <= self._max_body:
                    raise cut_off(request)
                response = HttpResponse(answer.status_code, dict(answer.headers), bytes(body))
        except (requests.RequestException, ValueError) as exc:  # of such a URL that urllib's own parser refuses
            failure, cause = _error_for(request, exc), exc
        else:
            return checked(response, request, self._max_body)
        # Out here, as what was read may be a token, or half of one: it must not hang on the error.
        raise failure from (None if isinstance(failure, CutOffError | MalformedError) else cause)

    def close(self) -> None:
        """Close the pooled connections."""
        if self._session is not None:
            self._session.close()


#: What a loopback address is asked with: a token for it must not pass through a proxy in plain text.
_NO_PROXY = {"no_proxy": "localhost,127.0.0.1,::1"}


def _prepared(request: HttpRequest, session: requests.Session) -> requests.PreparedRequest:
    """What is sent.

    The session itself would put an entry of ~/.netrc over our Authorization header, and take a third of the time of an
    exchange for merging what is not there.
    """
    import requests
    from requests.structures import CaseInsensitiveDict

    prepared = requests.PreparedRequest()
    prepared.method, prepared.url = request.method, request.url
    headers: Any = {**session.headers, **request.headers}
    prepared.headers = CaseInsensitiveDict(headers)
    prepared.prepare_cookies({})  # else there is nowhere to look for them, after a redirect
    prepared.prepare_body(request.body or None, None)
    return prepared


def _error_for(request: HttpRequest, exc: Exception) -> TransportError:
    """Our error for one of requests, or below it, by what lies at its root: most of it comes as one class."""
    from http.client import HTTPException, IncompleteRead

    import requests

    if isinstance(exc, requests.ConnectTimeout):
        return unreachable(request, "no connection in time")
    if isinstance(exc, requests.Timeout):
        return timed_out(request)
    if isinstance(exc, requests.exceptions.SSLError):
        return unreachable(request, str(exc))
    if not isinstance(exc, requests.ConnectionError | requests.exceptions.ChunkedEncodingError):
        return not_http(request, exc)
    causes: list[BaseException] = [exc]
    while (deeper := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(deeper)

    def caused_by(*kinds: type[BaseException]) -> bool:
        return any(isinstance(each, kinds) for each in causes)

    if caused_by(ConnectionRefusedError):
        return refused(request)
    if caused_by(TimeoutError):
        return timed_out(request)
    if caused_by(IncompleteRead, ConnectionError):
        return cut_off(request)
    if caused_by(HTTPException, ValueError):
        return not_http(request, exc)
    return unreachable(request, getattr(causes[-1], "strerror", None) or str(causes[-1]))
