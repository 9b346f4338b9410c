"""What both doors check before they send and after they have read, and the errors that they raise."""

from __future__ import annotations

from ..errors import (
    ConfigurationError,
    CutOffError,
    MalformedError,
    RefusedError,
    TimedOutError,
    UnreachableError,
)
from ..models import HttpRequest, HttpResponse


def checked(response: HttpResponse, request: HttpRequest, max_body: int) -> HttpResponse:
    """The answer, unless it is too long or leads elsewhere."""
    if len(response.body) > max_body:
        raise MalformedError(f"{where(request)} answered with more than {max_body} bytes", target=request.url)
    if 300 <= response.status < 400:
        raise MalformedError(
            f"{where(request)} answered with a redirect ({response.status}), which is never followed",
            target=request.url,
            remedy="The real service does not redirect: something else, perhaps a proxy, answers there.",
        )
    return response


def check_headers(request: HttpRequest) -> None:
    """Refuse what the libraries would refuse too, and quote: a header may be a secret."""
    for name, value in request.headers.items():
        if not (value.isascii() and value.isprintable()):
            raise ConfigurationError(
                f"the {name} header for {where(request)} cannot be sent: it holds line breaks or is not ASCII",
                target=request.url,
            )


def where(request: HttpRequest) -> str:
    """The URL without its query, for sentences."""
    return request.url.partition("?")[0]


def timed_out(request: HttpRequest) -> TimedOutError:
    return TimedOutError(f"{where(request)} did not answer in time", target=request.url)


def refused(request: HttpRequest) -> RefusedError:
    return RefusedError(f"{where(request)} refused the connection: nothing listens there", target=request.url)


def unreachable(request: HttpRequest, reason: str) -> UnreachableError:
    return UnreachableError(f"{where(request)} cannot be reached ({reason})", target=request.url)


def cut_off(request: HttpRequest) -> CutOffError:
    return CutOffError(f"{where(request)} cut the connection off before its answer was whole", target=request.url)


def not_http(request: HttpRequest, exc: BaseException) -> MalformedError:
    return MalformedError(f"{where(request)} did not answer in HTTP ({type(exc).__name__})", target=request.url)
