"""The test hosts' own authority, and the certificates that it signs."""

from __future__ import annotations

import datetime
import hashlib
import ipaddress
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_UPN = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
_DAY = datetime.timedelta(days=1)
_LOOPBACK: list[x509.GeneralName] = [
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
    x509.IPAddress(ipaddress.ip_address("::1")),
]


class Authority:
    """A certificate authority that lives in a folder."""

    def __init__(self, folder: Path, name: str = "PyBridge test authority") -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named(name)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = _certificate(self._name, self._name, self._key.public_key())
        self.certificate = (
            builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self.path = folder / "ca.pem"
        self.path.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def server(self, name: str, kind: str = "good") -> tuple[Path, bytes]:
        """A host's certificate: its file, with the key, and itself in DER.

        Args:
            kind: `good`, or what is wrong with it: `self-signed`, `expired`, `other-name`.
        """
        names = [x509.DNSName("other.example")] if kind == "other-name" else [x509.DNSName(name), *_LOOPBACK]
        certificate, key = self._make(
            name, names, ExtendedKeyUsageOID.SERVER_AUTH, expired=kind == "expired", alone=kind == "self-signed"
        )
        path = self._folder / f"{name}.pem"
        path.write_bytes(_pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
        return path, certificate.public_bytes(serialization.Encoding.DER)

    def client(self, principal: str) -> tuple[Path, Path]:
        """The certificate of a user, known by a principal name such as admin@localhost: its file, its key's."""
        # An otherName's value is DER: a UTF8String.
        text = principal.encode()
        name = x509.OtherName(_UPN, bytes([0x0C, len(text)]) + text)
        certificate, key = self._make(principal, [name], ExtendedKeyUsageOID.CLIENT_AUTH)
        stem = hashlib.sha256(text).hexdigest()[:16]
        paths = self._folder / f"client-{stem}.pem", self._folder / f"client-{stem}.key"
        paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        paths[1].write_bytes(_pem(key))
        return paths

    def _make(
        self,
        name: str,
        names: Sequence[x509.GeneralName],
        usage: x509.ObjectIdentifier,
        *,
        expired: bool = False,
        alone: bool = False,
    ) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _named(name)
        signer = key if alone else self._key
        builder = _certificate(subject, subject if alone else self._name, key.public_key(), expired=expired)
        certificate = (
            builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .sign(signer, hashes.SHA256())
        )
        return certificate, key


def principal_of(der: bytes) -> str | None:
    """Whom a client's certificate names."""
    extensions = x509.load_der_x509_certificate(der).extensions
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None
    for name in names:
        if isinstance(name, x509.OtherName) and name.type_id == _UPN:
            return name.value[2:].decode("utf-8", "replace")
    return None


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, expired: bool = False
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * _DAY)
        .not_valid_after(now - _DAY if expired else now + 7 * _DAY)
    )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
