"""Resource groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .travel import HIDDEN


@dataclass(frozen=True, slots=True)
class ResourceGroup:
    """A resource group; `raw` is ARM's own JSON."""

    resource_group_name: str
    location: str
    provisioning_state: str | None
    tags: Mapping[str, str] | None
    resource_id: str
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, metadata=HIDDEN)
