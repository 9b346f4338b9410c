"""What a source is, and what it is asked with. No I/O here: files are read by a function that is handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..addresses import is_loopback
from ..errors import ConfigurationError, NoEndpointError, UsageError
from ..models import HttpRequest, HttpResponse, ManagedIdentityId
from ..retry import Policy

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


class Endpoint(NamedTuple):
    """An endpoint that the caller names instead of the source's own; `secret` goes into its Secret header."""

    url: str | None = None
    secret: str | None = None

    def __repr__(self) -> str:
        return f"Endpoint({self.url!r})"


class Ask(NamedTuple):
    """What a source is asked.

    Attributes:
        resource: What the token is for.
        identity: Whose token; see `Source.identified`.
        environ: The variables.
        endpoint: Where, if the caller named it.
        read: Reads a file: (path, folder that it must be in or None) -> its text.
        claims: What a service demanded of the next token, as it came in a claims challenge.
        revoked: The SHA-256, in hex, of the token that the service turned down.
    """

    resource: str
    identity: ManagedIdentityId
    environ: Mapping[str, str]
    endpoint: Endpoint
    read: Callable[[str, str | None], str]
    claims: str | None = None
    revoked: str | None = None

    def __repr__(self) -> str:  # the variables may hold secrets
        return f"Ask({self.resource!r}, {self.identity!r}, {self.endpoint!r})"

    def variable(self, name: str, source: str) -> str:
        """The value of a variable that a source cannot do without.

        Raises:
            NoEndpointError: It is not set, or empty.
        """
        value = self.environ.get(name)
        if not value:
            raise NoEndpointError(
                f"{name} is not set, so {source} is not to be asked here",
                target=name,
                remedy="This hosting environment sets it by itself where a managed identity is turned on. "
                "Without --source, -Source or source= pybridge finds the one that is here.",
            )
        return value


class Source(NamedTuple):
    """A hosting environment that hands out tokens.

    Attributes:
        name: What `source=`, `--source` and `-Source` call it.
        title: What a sentence calls it.
        detect: Why it is the one to ask, from the variables and from which files exist; None if it is not.
        url: The endpoint, from the variables.
        request: The request for a token.
        selectors: How it spells the parameter for each way to name a user-assigned identity.
        policy: When to ask again.
        absent: What to do when nobody listens there.
        challenged: The request that answers the source's challenge, if its first answer is one.
        echoes: The names by which an answer must repeat the identity that was asked for.
        guarded: Whether others on this machine cannot ask it: it wants a secret, a file, or a user's rights.
        external: Whether it is beyond this machine, where proxies and certificate authorities count.
        at_once: How many requests it takes at a time; None for any number.
        default_identity: The variable that gives the client ID of the identity where the caller names none.
    """

    name: str
    title: str
    detect: Callable[[Mapping[str, str], Callable[[str], bool]], str | None]
    url: Callable[[Mapping[str, str]], str]
    request: Callable[[Ask], HttpRequest]
    selectors: Mapping[str, str]
    policy: Policy
    absent: str
    challenged: Callable[[Ask, HttpRequest, HttpResponse], HttpRequest] | None = None
    echoes: Mapping[str, tuple[str, ...]] | None = None
    guarded: bool = True
    external: bool = False
    at_once: int | None = None
    default_identity: str | None = None

    def place(self, endpoint: Endpoint, environ: Mapping[str, str]) -> str:
        """Where it is asked: what the caller named, else what the variables say; empty where they say nothing."""
        return endpoint.url or self.url(environ)

    def identified(self, identity: ManagedIdentityId, environ: Mapping[str, str]) -> ManagedIdentityId:
        """The identity, or the one that a variable names where the caller named none."""
        default = self.default_identity and environ.get(self.default_identity)
        return ManagedIdentityId(client_id=default) if default and identity.selector is None else identity

    def selected(self, identity: ManagedIdentityId) -> dict[str, str]:
        """The parameter that names the identity; none for the default one.

        Raises:
            UsageError: The source cannot be asked for an identity named in that way.
        """
        if identity.selector is None:
            return {}
        way, value = identity.selector
        if way not in self.selectors:
            ways = ", ".join(self.selectors)
            raise UsageError(
                f"{self.title} cannot choose an identity by {way}",
                target=self.name,
                remedy=f"Name it by {ways}." if ways else "Name none: it has one identity, which is set up outside.",
            )
        return {self.selectors[way]: value}


def get(url: str, query: Mapping[str, str], headers: Mapping[str, str], *, pin: str | None = None) -> HttpRequest:
    """A GET with these parameters."""
    return HttpRequest("GET", f"{url}{'&' if '?' in url else '?'}{_encoded(query)}", headers, pin=pin)


def post(url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> HttpRequest:
    """A POST of a form."""
    headers = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
    return HttpRequest("POST", url, headers, _encoded(form).encode("ascii"))


def _encoded(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in parameters.items())


def _quoted(text: str) -> str:
    """Percent-encoded, all but what RFC 3986 leaves alone. (`urllib.parse` would take 5 ms of a cold token.)"""
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in text.encode())


def variables_set(*names: str) -> Callable[[Mapping[str, str], Callable[[str], bool]], str | None]:
    """Detects a source by variables that are all set, and not empty."""

    def detect(environ: Mapping[str, str], exists: Callable[[str], bool]) -> str | None:
        if not all(environ.get(name) for name in names):
            return None
        first, last = ", ".join(names[:-1]), names[-1]
        return f"{first} and {last} are set" if first else f"{last} is set"

    return detect


def url_variable(name: str) -> Callable[[Mapping[str, str]], str]:
    """The endpoint that a variable names; empty where it is not set."""
    return lambda environ: environ.get(name, "")


def loopback_only(name: str, url: str, why: str) -> str:
    """The URL, if it stays on this machine.

    Raises:
        ConfigurationError: It does not.
    """
    if not is_loopback(url):
        raise ConfigurationError(
            f"{name} is {url!r}, which is not an http(s) URL of a loopback address", target=name, remedy=why
        )
    return url
