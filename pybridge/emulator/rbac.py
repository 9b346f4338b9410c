"""Who may do what where, as Azure evaluates role assignments.

A role counts at its scope and at everything below.
A subscription is visible with any role at, above or below it.
"""

from __future__ import annotations

from collections.abc import Callable

from .nouns import Subscription, covers, scope_key
from .world import World


class Access:
    """What one principal may do, as of one moment."""

    def __init__(self, world: World, object_id: str) -> None:
        self.object_id = object_id
        self._held = world.assignments(object_id)

    def allows(self, action: str, scope: str) -> bool:
        """Whether a role at this scope or above permits the action."""
        return self.filter(action)(scope)

    def filter(self, action: str) -> Callable[[str], bool]:
        """The test for many scopes of one action."""
        granted = {held.key for held in self._held if held.role.permits(action)}

        def allowed(scope: str) -> bool:
            key = scope_key(scope)
            return any(covers(outer, key) for outer in granted)

        return allowed

    def sees(self, subscription: Subscription) -> bool:
        """Whether it has any role at, above or below the subscription."""
        key = scope_key(subscription.id)
        return any(covers(held.key, key) or covers(key, held.key) for held in self._held)
