"""Who holds which role where: all role assignments of a world."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .nouns import RoleAssignment, covers


class Assignments:
    """All role assignments. Readers take snapshots, and only writers lock."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[RoleAssignment, ...]] = {}
        self._lock = threading.Lock()

    def all(self) -> list[RoleAssignment]:
        return [assignment for held in list(self._held.values()) for assignment in held]

    def of(self, principal_id: str) -> list[RoleAssignment]:
        """Those of one principal."""
        return list(self._held.get(principal_id.lower(), ()))

    def add(self, assignment: RoleAssignment) -> None:
        """Add one; one that has the same name changes nothing."""
        with self._lock:
            held = self._held.get(assignment.principal_id.lower(), ())
            if all(other.name != assignment.name for other in held):
                self._held[assignment.principal_id.lower()] = (*held, assignment)

    def remove(self, assignment: RoleAssignment) -> None:
        self._keep(assignment.principal_id, lambda other: other.name != assignment.name)

    def remove_held(self, principal_id: str, key: str | None) -> int:
        """Take away what a principal holds at exactly this scope, or everywhere; how many there were."""
        return self._keep(principal_id, lambda other: key is not None and other.key != key)

    def remove_below(self, key: str) -> None:
        """Take away what anybody holds at a scope or below it: the scope is gone."""
        for principal_id in list(self._held):
            self._keep(principal_id, lambda other: not covers(key, other.key))

    def _keep(self, principal_id: str, kept: Callable[[RoleAssignment], bool]) -> int:
        with self._lock:
            before = self._held.get(principal_id.lower(), ())
            after = tuple(filter(kept, before))
            self._held[principal_id.lower()] = after
        return len(before) - len(after)
