"""A pod of AKS: the token that its cluster gives it, which Microsoft Entra ID exchanges for one of Azure (`entra`).

Wire format: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow (third case)
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .nouns import VirtualMachine, derived_id
from .site import Site, write_private

AUDIENCE = "api://AzureADTokenExchange"
ISSUER = "https://oidc.emulator.test/"
SUBJECT = "system:serviceaccount:default:workload-identity"
#: Of the cluster's token, in seconds.
ASSERTION_LIFETIME = 86_400


class TokenFile:
    """The file in which the cluster puts its token into the pod. Half-way to its end it is written anew."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._expires = 0.0
        self._lock = threading.Lock()

    @property
    def path(self) -> Path:
        return self._site.folder("workload") / "azure-identity-token"

    def renew(self, *, expires_in: int | None = None, **claims: object) -> Path:
        """Write the file if its token is old, or at any rate if it is said what is to stand in it.

        Args:
            expires_in: Seconds; negative for a token that expired.
            claims: Instead of the usual ones.
        """
        now = self._site.clock()
        with self._lock:
            stated = expires_in is not None or bool(claims)
            if stated or self._expires - now < ASSERTION_LIFETIME / 2 or not self.path.exists():
                lifetime = ASSERTION_LIFETIME if expires_in is None else expires_in
                draft = self.path.with_name(secrets.token_hex(8))
                write_private(draft, self._site.sign(_assertion(now, lifetime, claims)))
                draft.replace(self.path)
                self._expires = now + lifetime
            return self.path


def _assertion(now: float, lifetime: int, claims: Mapping[str, object]) -> dict[str, object]:
    usual = {"iss": ISSUER, "sub": SUBJECT, "aud": [AUDIENCE], "iat": int(now), "nbf": int(now) - 300}
    return {**usual, "exp": int(now) + lifetime, **claims}


def client_id(vm: VirtualMachine) -> str:
    """Whose the pod is: the machine's first identity; of one without any, the one that it would have."""
    return vm.identities[0].client_id if vm.identities else derived_id("client", vm.id)


def objection(assertion: str, site: Site, now: float) -> tuple[str, dict[str, str]] | None:
    """Why an assertion does not count: the reason, a key of `entra.WORDS`, and what stands in its words.

    It counts if the cluster signed it, for this purpose, and if it is in time.
    """
    try:
        claims: dict[str, Any] = site.verify(assertion.strip())
        issuer, subject, audience = claims["iss"], claims["sub"], claims["aud"]
        begin, end = float(claims["nbf"]), float(claims["exp"])
    except (ValueError, KeyError, TypeError):
        return "issuer", {}
    if issuer != ISSUER:
        return "issuer", {}
    if AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
        return "audience", {"audience": str(audience)}
    if subject != SUBJECT:
        return "subject", {"subject": str(subject)}
    return None if begin - 300 <= now < end else ("time", {})
