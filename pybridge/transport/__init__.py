"""The doors to HTTP. Foreign exceptions end here: whoever sends sees a `TransportError`."""

from __future__ import annotations

from .https import HttpsTransport
from .metadata import MetadataTransport

__all__ = ["HttpsTransport", "MetadataTransport"]
