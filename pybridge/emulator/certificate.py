"""The certificate of the emulator's TLS endpoint: self-signed, and known by its thumbprint."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ..errors import UsageError
from .site import Site, write_private

#: What a server needs to speak TLS.
TlsContext = ssl.SSLContext

_LIFETIME = timedelta(days=365)


class Certificate:
    """A certificate for the loopback addresses.

    Attributes:
        thumbprint: The SHA-1 of its DER form, 40 capital hex digits.
        context: What a server needs to show it.

    Raises:
        UsageError: The library that makes certificates is not installed.
    """

    def __init__(self, site: Site | None = None) -> None:
        certificate, key, der = _self_signed()
        self.thumbprint = hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
        self.context = TlsContext(ssl.PROTOCOL_TLS_SERVER)
        # OpenSSL takes them from files only: these live as long as it reads them.
        with tempfile.TemporaryDirectory(prefix="pybridge-tls-") as folder:
            chain = Path(folder) / "certificate-and-key.pem"
            write_private(chain, key + certificate)
            self.context.load_cert_chain(chain)


def _self_signed() -> tuple[str, str, bytes]:
    """A new certificate: itself in PEM, its key in PEM, itself in DER."""
    try:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID
    except ImportError as exc:
        raise UsageError(
            "the emulator's TLS endpoint needs the library cryptography, which is not installed",
            target="cryptography",
            remedy="Install it: pip install cryptography",
        ) from exc
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    addresses = [x509.IPAddress(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::1")]
    now = datetime.now(timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _LIFETIME)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    return pem.decode("ascii"), key_text.decode("ascii"), certificate.public_bytes(serialization.Encoding.DER)
