"""Access tokens: JSON Web Tokens signed with HMAC-SHA256 (RFC 7515, RFC 7519).

Azure signs with RSA. The emulator is both the one who signs and the one who checks, so one key will do.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from .nouns import Principal

#: How far before "now" a token begins to be valid, in seconds: clocks differ.
CLOCK_SKEW = 300

_HEADER = base64.urlsafe_b64encode(b'{"typ":"JWT","alg":"HS256"}').rstrip(b"=")


def claims_for(principal: Principal, resource: str, *, now: int, lifetime: int) -> dict[str, Any]:
    """What Azure says in the token of a managed identity, or of an application that signed in with its secret."""
    issuer = f"https://sts.windows.net/{principal.tenant_id}/"
    claims = {
        "aud": resource,
        "iss": issuer,
        "iat": now,
        "nbf": now - CLOCK_SKEW,
        "exp": now + lifetime,
        "appid": principal.client_id,
        "appidacr": "2" if principal.resource_id else "1",
        "idp": issuer,
        "oid": principal.object_id,
        "sub": principal.object_id,
        "tid": principal.tenant_id,
        "uti": secrets.token_urlsafe(16),
        "ver": "1.0",
    }
    return {**claims, "xms_mirid": principal.resource_id} if principal.resource_id else claims


def sign(claims: Mapping[str, Any], key: bytes) -> str:
    """The token with these claims."""
    payload = base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).rstrip(b"=")
    signed = _HEADER + b"." + payload
    return (signed + b"." + _signature(signed, key)).decode("ascii")


def verify(token: str, key: bytes) -> dict[str, Any]:
    """The claims of a token that this key signed. Time and audience are for the caller to check.

    Raises:
        ValueError: It is no token, or another key signed it.
    """
    signed, _, signature = token.encode("ascii").rpartition(b".")
    if not hmac.compare_digest(_signature(signed, key), signature):
        raise ValueError("the signature does not fit")
    header, _, payload = signed.partition(b".")
    if header != _HEADER:
        raise ValueError("not an HS256 token")
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + b"=" * (-len(payload) % 4)))
    return claims


def _signature(signed: bytes, key: bytes) -> bytes:
    return base64.urlsafe_b64encode(hmac.digest(key, signed, hashlib.sha256)).rstrip(b"=")
