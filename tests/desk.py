"""A caller of operations, as a PowerShell session is one."""

from __future__ import annotations

from typing import Any

from pybridge.backend import Backend, Call
from pybridge.emulator import Emulator
from pybridge.operations import OPERATIONS
from pybridge.resources import Context, Profile, Session

MANAGED, TOKEN = "ManagedServiceLogin", "AccessTokenWithSubscriptionId"


class Desk(Call):
    """Calls operations with the session that it holds, and keeps the warnings."""

    def __init__(self, emulator: Emulator | None = None, *, environ: dict[str, str] | None = None) -> None:
        self.emulator = emulator or Emulator()
        super().__init__(Backend(metadata=self.emulator, arm=self.emulator, environ=environ or {}))
        self.session = Session()
        self.warnings: list[str] = []

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    def keep(self, session: Session) -> None:
        self.session = session
        self.environments = session.environments

    def call(self, operation: str, **arguments: Any) -> Any:
        """The result; a list of the items where they come one by one."""
        found = OPERATIONS[operation]
        if "session" in found.parameters:
            arguments = {"session": self.session, **arguments}
        assert found.required <= set(arguments) <= set(found.parameters)
        value = found.function(self, **arguments)
        return list(value) if hasattr(value, "__next__") else value

    def sign_in(self, **arguments: Any) -> Profile:
        profile: Profile = self.call("connect_account", **{"parameter_set": MANAGED, "identity": True, **arguments})
        return profile

    def signed_in(self, **arguments: Any) -> Context:
        """The context of a sign-in."""
        context = self.sign_in(**arguments).context
        assert context is not None
        return context
