"""The directory of a tenant: applications, the user, roles, and who holds which where."""

from __future__ import annotations

import threading
from collections import Counter

from ..errors import UsageError
from .assignments import Assignments
from .nouns import Application, Principal, RoleAssignment, Tenant, derived_id, derived_secret
from .roles import BUILT_IN, Role


class Directory:
    """What a tenant knows apart from resources.

    Attributes:
        roles: Keyed by GUID.
        applications: Keyed by name in lower case.
        user: The one who opens Cloud Shell.
        lock: For changes that belong together.
    """

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.roles: dict[str, Role] = {role.guid: role for role in BUILT_IN}
        self.applications: dict[str, Application] = {}
        user = f"user@{tenant.domain}"
        self.user = Principal(user, tenant.id, derived_id("user", tenant.id, user), "", "")
        self.lock = threading.RLock()
        self._assignments = Assignments()
        self._issued: Counter[str] = Counter()

    def add_application(
        self, name: str, *, client_id: str | None = None, object_id: str | None = None, secret: str | None = None
    ) -> Application:
        """Add an application that signs in with a secret, and its service principal."""
        place = f"{self.tenant.id}/applications/{name}"
        ids = (object_id or derived_id("object", place), client_id or derived_id("client", place))
        application = Application(Principal(name, self.tenant.id, *ids, ""), secret or derived_secret(place))
        with self.lock:
            self.applications[name.lower()] = application
        return application

    def role(self, name: str) -> Role:
        """A role by its name or GUID.

        Raises:
            UsageError: There is none.
        """
        wanted = name.lower()
        for role in list(self.roles.values()):
            if wanted in (role.name.lower(), role.guid):
                return role
        raise UsageError(
            f"there is no role {name!r}",
            remedy="Known: " + ", ".join(role.name for role in self.roles.values()),
        )

    def assign(self, assignment: RoleAssignment) -> None:
        self._assignments.add(assignment)

    def unassign(self, assignment: RoleAssignment) -> None:
        self._assignments.remove(assignment)

    def assignments(self, principal_id: str | None = None) -> list[RoleAssignment]:
        """The role assignments of one principal, or all."""
        return self._assignments.all() if principal_id is None else self._assignments.of(principal_id)

    def _principal(self, name: str, resource_id: str, object_id: str | None, client_id: str | None) -> Principal:
        """The first that is issued for a resource has IDs derived from it; a later one from its number, too."""
        with self.lock:
            issued = self._issued[resource_id.lower()]
            self._issued[resource_id.lower()] += 1
        place = f"{resource_id}#{issued}" if issued else resource_id
        return Principal(
            name,
            self.tenant.id,
            object_id or derived_id("object", place),
            client_id or derived_id("client", place),
            resource_id,
        )
