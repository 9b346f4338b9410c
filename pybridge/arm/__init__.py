"""Azure Resource Manager: asked and told, in ARM's JSON and in nouns of our own.

client.py    ArmClient: get, list page by page, and typed answers whose raw JSON stays at hand
nouns.py     how ARM's JSON becomes one of our nouns
"""

from __future__ import annotations

from .client import ArmClient, no_subscription

__all__ = ["ArmClient", "no_subscription"]
