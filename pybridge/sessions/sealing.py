"""What goes through a host's pipeline, sealed: logs and transcripts there hold whatever passes it.

The keys are made there, by `sealed.ps1`, and come to us under a public key whose private half stays in this process.
AES-256-CBC, then HMAC-SHA-256 of all of it: .NET Framework has no better. RSA with OAEP by SHA-1 likewise, whose safety
does not rest on collisions.
"""

from __future__ import annotations

import base64
import hmac
import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_TAG = 32
_IV = 16
_BLOCK = 128


class Keys(NamedTuple):
    """The keys of a channel."""

    cipher: bytes
    authentication: bytes

    def __repr__(self) -> str:
        return "Keys()"

    def seal(self, text: str) -> str:
        """The text, so that only the other end can read it; base64."""
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.padding import PKCS7

        iv = os.urandom(_IV)
        padder = PKCS7(_BLOCK).padder()
        encryptor = Cipher(algorithms.AES(self.cipher), modes.CBC(iv)).encryptor()
        padded = padder.update(text.encode("utf-8")) + padder.finalize()
        sealed = iv + encryptor.update(padded) + encryptor.finalize()
        return base64.b64encode(sealed + self._tag(sealed)).decode("ascii")

    def unseal(self, text: str) -> str:
        """What the other end has sealed.

        Raises:
            ValueError: It has not, or it was changed on its way.
        """
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
        from cryptography.hazmat.primitives.padding import PKCS7

        sealed = base64.b64decode(text, validate=True)
        sealed, tag = sealed[:-_TAG], sealed[-_TAG:]
        if not hmac.compare_digest(tag, self._tag(sealed)):
            raise ValueError("the seal is broken")
        unpadder = PKCS7(_BLOCK).unpadder()
        decryptor = Cipher(algorithms.AES(self.cipher), modes.CBC(sealed[:_IV])).decryptor()
        padded = decryptor.update(sealed[_IV:]) + decryptor.finalize()
        return (unpadder.update(padded) + unpadder.finalize()).decode("utf-8")

    def _tag(self, sealed: bytes) -> bytes:
        return hmac.digest(self.authentication, sealed, "sha256")


def public_key() -> str:
    """This process's public key, as .NET reads it."""
    numbers = _private_key().public_key().public_numbers()
    modulus, exponent = (
        base64.b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode("ascii")
        for number in (numbers.n, numbers.e)
    )
    return f"<RSAKeyValue><Modulus>{modulus}</Modulus><Exponent>{exponent}</Exponent></RSAKeyValue>"


def received_keys(text: str) -> Keys:
    """The keys that the other end has made for a channel.

    Raises:
        ValueError: They are not for us, or were changed on their way.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    scheme = padding.OAEP(mgf=padding.MGF1(hashes.SHA1()), algorithm=hashes.SHA1(), label=None)
    keys = _private_key().decrypt(base64.b64decode(text, validate=True), scheme)
    if len(keys) != 64:
        raise ValueError("these are no keys")
    return Keys(keys[:32], keys[32:])


_MAKING = threading.Lock()


def _private_key() -> RSAPrivateKey:
    """This process's key pair, made when it is first wanted: that takes about a tenth of a second."""
    with _MAKING:
        return _made()


@lru_cache(maxsize=1)
def _made() -> RSAPrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
