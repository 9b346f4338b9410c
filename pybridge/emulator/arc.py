"""The token endpoint of the Azure Arc agent: only who can read a file of the agent's gets a token.

Wire format: https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication
"""

from __future__ import annotations

import secrets
import threading
from pathlib import Path

from ..models import HttpResponse
from .exchange import Call, json_answer
from .site import Site, write_private
from .tokencall import Dialect, own, plain, times

VERSIONS = ("2019-08-15", "2019-11-01", "2020-06-01")
#: Challenges that may be under way at a time; older ones end.
MAX_KEYS = 64

_DIALECT = Dialect(
    plain,
    {"client_id": "client_id", "object_id": "object_id", "msi_res_id": "resource_id"},
    own,
)


class Keys:
    """The key files: each has a secret that opens one request."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._files: dict[str, Path] = {}
        self._lock = threading.Lock()

    def make(self) -> Path:
        """A new file with a new secret."""
        path = self.folder / f"{secrets.token_hex(16)}.key"
        secret = secrets.token_urlsafe(32)
        write_private(path, secret)
        with self._lock:
            self._files[secret] = path
            outdated = [self._files.pop(old) for old in list(self._files)[:-MAX_KEYS]]
        for old in outdated:
            old.unlink(missing_ok=True)
        return path

    def take(self, secret: str) -> bool:
        """Whether it is one of the secrets; then it is no longer."""
        with self._lock:
            path = self._files.pop(secret, None)
        if path is None:
            return False
        path.unlink(missing_ok=True)
        return True

    @property
    def folder(self) -> Path:
        return self._site.folder("arc")


def answer(call: Call, site: Site) -> HttpResponse:
    """Answer a challenge first, and a token to who answers that with the contents of its file."""
    values = _DIALECT.values(call)
    if "x-forwarded-for" in call.headers:
        raise _DIALECT.refusal("forwarded")
    _DIALECT.check_metadata(call)
    _DIALECT.check_version(call, VERSIONS)
    scheme, _, secret = call.headers.get("authorization", "").partition(" ")
    keys = site.part(Keys)
    if not (scheme.lower() == "basic" and keys.take(secret.strip())):
        refused = plain(401, "", "The request is not authorized: read the key file and ask again.")
        challenge = {"WWW-Authenticate": f"Basic realm={keys.make()}"}
        return refused._replace(headers={**refused.headers, **challenge})
    identity, resource = _DIALECT.wanted(values, site.vm)
    token, lifetime = site.token(identity, resource, call.now)
    asked = {name: getattr(identity, attribute) for name, attribute in _DIALECT.selectors.items()}
    chosen = any(values.get(name) for name in asked)
    return json_answer(200, {"access_token": token, **times(call.now, lifetime, resource), **(asked if chosen else {})})
