"""What TLS checks, and shows: the authorities, and the certificate that a user signs in with."""

from __future__ import annotations

import functools
import ssl
from pathlib import Path

from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.util.ssl_ import create_urllib3_context

from ..errors import ConfigurationError
from ..hosts import Host
from .sockets import PatientTLS


def context_for(host: Host) -> ssl.SSLContext | None:
    """The context for a host; None where there is no TLS. It is the same for all that check the same authorities, as to
    read these takes long; but one that shows a certificate belongs to one user alone.

    Raises:
        ConfigurationError: A file is not there, or not what it should be.
    """
    if not host.address.is_secure:
        return None
    validate = host.certificate == "validate"
    ca = host.ca if validate else None
    try:
        age = 0.0 if ca is None else Path(ca).stat().st_mtime
        if host.client_certificate is None:
            return _shared(validate, ca, age)
        context = _made(validate, ca)
    except (OSError, ssl.SSLError) as exc:
        raise _unusable(host, str(ca), "certificate authorities in PEM", exc) from None
    try:
        # With a password, so that OpenSSL does not ask the terminal for one where the key is encrypted.
        context.load_cert_chain(host.client_certificate, host.client_key, password="")
    except (OSError, ssl.SSLError) as exc:
        wanted = "a certificate in PEM, and its key, not encrypted"
        raise _unusable(host, f"{host.client_certificate}, {host.client_key}", wanted, exc) from None
    return context


def _made(validate: bool, ca: str | None) -> ssl.SSLContext:
    context: ssl.SSLContext = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED if validate else ssl.CERT_NONE)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = PatientTLS
    if ca is not None:
        folder = Path(ca).is_dir()
        context.load_verify_locations(cafile=None if folder else ca, capath=ca if folder else None)
    elif validate:
        context.load_default_certs()
        context.load_verify_locations(cafile=DEFAULT_CA_BUNDLE_PATH)
    return context


@functools.lru_cache(maxsize=64)
def _shared(validate: bool, ca: str | None, age: float) -> ssl.SSLContext:
    return _made(validate, ca)


def _unusable(host: Host, files: str, wanted: str, exc: Exception) -> ConfigurationError:
    missing = isinstance(exc, OSError) and not isinstance(exc, ssl.SSLError)
    reason = exc.strerror if missing and isinstance(exc, OSError) else f"it holds no {wanted.removeprefix('a ')}"
    return ConfigurationError(
        f"{host.name}: {files} cannot be used: {reason}", target=files, remedy=f"Give the path of a file with {wanted}."
    )
