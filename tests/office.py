"""Operations called as the worker calls them, by one who is signed in: an application that may do everything."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pybridge.arm import Progress
from pybridge.backend import Backend, Call
from pybridge.clouds import cloud
from pybridge.emulator import Emulator
from pybridge.models import Transport
from pybridge.operations import OPERATIONS
from pybridge.resources import Account, Context, Subscription, Tenant


class Office(Call):
    """A caller of operations.

    Attributes:
        who: Who is signed in: the name of an application or of a VM.
        warnings, told, slept: What the operations said, how far they were, how long they waited (without waiting).
    """

    def __init__(
        self, emulator: Emulator | None = None, *, who: str = "deployApp", arm: Transport | None = None
    ) -> None:
        self.emulator = emulator or Emulator()
        super().__init__(Backend(metadata=self.emulator, arm=arm or self.emulator, environ={}))
        self.who = who
        self.warnings: list[str] = []
        self.told: list[Progress] = []
        self.slept: list[float] = []

    @property
    def subscription(self) -> str:
        """The path of Subscription1."""
        return next(iter(self.emulator.world.subscriptions.values())).id

    @property
    def group(self) -> str:
        """The path of myResourceGroup."""
        return f"{self.subscription}/resourceGroups/myResourceGroup"

    @property
    def context(self) -> Context:
        tenant = self.emulator.world.tenant.id
        return Context(
            name=self.who,
            account=Account(self.who, "AccessToken", access_token=self.emulator.mint(self.who)),
            environment=cloud(None),
            subscription=Subscription(self.subscription.rpartition("/")[2], "Subscription1", tenant),
            tenant=Tenant(tenant),
        )

    def warn(self, message: str) -> None:
        self.warnings.append(message)

    def progress(self, progress: Progress | None) -> None:
        if progress is not None:
            self.told.append(progress)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def call(self, operation: str, **arguments: Any) -> Any:
        """The result; a list of the items where they come one by one."""
        found = OPERATIONS[operation]
        bound = found.bind({**arguments, "context": None})
        value = found.function(self, **{**bound, "context": self.context})
        return list(value) if hasattr(value, "__next__") else value

    def changes(self) -> list[tuple[str, str]]:
        """Method and path of each request to ARM that changed something."""
        return [
            (request.method, urlsplit(request.url).path)
            for request in self.emulator.requests
            if request.method not in ("GET", "HEAD") and "/oauth2/" not in request.url
        ]
