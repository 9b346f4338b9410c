"""The call that an operation runs in."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .. import contexts
from ..accounts import account_credential
from ..arm import ArmClient, Progress
from ..clouds import CLOUDS, cloud
from ..errors import NotSignedInError, PyBridgeError, UnsupportedError
from ..models import Credential
from ..resources import Account, Context, Environment, Session
from .backend import Backend

if TYPE_CHECKING:
    from ..computers import HostTransport
    from ..hosts import Host
    from ..reach import Reach
    from ..sessions import PSSession, SessionTransport

_Answer = TypeVar("_Answer")
_Item = TypeVar("_Item")
_NO_CLOUDS: Mapping[str, Environment] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class FromHost(Generic[_Item]):
    """An item that came from a host.

    Attributes:
        host: What its user calls it.
    """

    host: str
    value: _Item


class Call:
    """One call of an operation: what it may use, and whom it may tell.

    Attributes:
        environments: The clouds that the caller's session has added, by name.
        reaches: How to reach the hosts whose identities are signed in, by what their accounts call them.
        wants_verbose: Whether `verbose` is heard by anybody.
    """

    def __init__(
        self,
        backend: Backend,
        *,
        environments: Mapping[str, Environment] = _NO_CLOUDS,
        reaches: Mapping[str, Reach] = MappingProxyType({}),
    ) -> None:
        self.backend = backend
        self.environments = environments
        self.reaches = reaches
        self.wants_verbose = False

    def warn(self, message: str) -> None:
        """Tell the caller something that is not an error."""

    def verbose(self, message: str) -> None:
        """Tell a caller who wants to know it all what is being done."""

    def progress(self, progress: Progress | None) -> None:
        """Tell how far it is; None when it is over."""

    def fail(self, host: str, error: PyBridgeError) -> None:
        """Tell that there is no item from a host, while those from others go on."""

    def on_end(self, act: Callable[[], None]) -> None:
        """Do something quick as soon as nobody wants the answer any more, be it there or not."""

    def ask(self, method: str, params: Mapping[str, Any]) -> Any:
        """Ask the caller for something that only it can do, and wait for its answer. Any thread may.

        Raises:
            CancelledError: The call is over: nobody is there to be asked.
            UnsupportedError: The caller is no PowerShell.
            PyBridgeError: What the caller says in the place of an answer.
        """
        raise UnsupportedError("only the commands of the PowerShell module can be asked for that", target=method)

    def keep(self, session: Session) -> None:
        """Tell the caller what its session holds from now on."""

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            CancelledError: Nobody wants the answer any more.
        """
        self.backend.before_waiting()
        time.sleep(seconds)

    def cached(self, key: Hashable, seconds: float, make: Callable[[], _Answer]) -> _Answer:
        """What `make` gives, or has given within so many seconds.

        It is made once for all who ask at the same time, and goes on being made where its caller has gone. An error
        is for those who wait for it, and is not kept.

        Args:
            key: Tells answers apart: who asks must be in it, and for what.
        """
        return self.backend.cached(key, seconds, make)

    def environment(self, name: str | None) -> Environment:
        """The cloud of that name: a built-in one, else one that the session has added.

        Raises:
            UsageError: There is none.
        """
        wanted = (name or "").lower()
        if wanted not in (built_in.lower() for built_in in CLOUDS):
            for added, environment in self.environments.items():
                if added.lower() == wanted:
                    return environment
        return cloud(name)

    def account_credential(self, account: Account, environment: Environment | None = None) -> Credential:
        """The credential of an account: that of a managed identity of a host asks there.

        Raises:
            NotSignedInError: How that host is reached is not known here, as the sign-in was in another session.
        """
        name = account.computer_name
        if name is None:
            return self.backend.account_credential(account, environment)
        reach = self.reaches.get(name)
        if reach is None:
            raise NotSignedInError(
                f"{account.id!r} is not signed in here: how {name} is reached, and as whom, is known to the PowerShell "
                "session that signed in, and to no file and no job",
                target=account.id,
                remedy=f"Sign in again: {contexts.way_to_sign_in(name)}",
            )
        return account_credential(account, environment, partial(self.credential_at, reach.only()))

    def credential_at(self, host: Host | PSSession, make: Callable[..., Any], **options: Any) -> Any:
        """`make(**options)`, which asks on a host."""
        from ..sessions import PSSession

        options["deadline"] = host.timeout
        if isinstance(host, PSSession):  # its transport is this call
            return make(**options, transport=self.session_transport(host))
        return self.backend.door(host).credential(make, **options)

    @contextmanager
    def opened(self, host: Host | PSSession) -> Iterator[HostTransport]:
        """A transport to a host that is kept open for several questions."""
        from ..remote import WinRMTransport
        from ..sessions import PSSession

        if isinstance(host, PSSession):
            yield self.session_transport(host)
        else:
            with WinRMTransport(host) as transport:
                yield transport

    def session_transport(self, session: PSSession) -> SessionTransport:
        """The host at the other end of a session of the caller's, which carries out what it is asked."""
        return self.backend.sessions().transport(session, self.ask)

    def arm(self, context: Context | None) -> ArmClient:
        """ARM, asked as the signed-in account, in its subscription.

        Raises:
            NotSignedInError: There is no context.
        """
        context = signed_in(context)
        subscription = context.subscription
        # By its name: a context may come from a file or another machine, and its URLs must not lead tokens astray.
        environment = self.environment(context.environment.name)
        return self.arm_as(context.account, environment, subscription.id if subscription else None)

    def arm_as(self, account: Account, environment: Environment, subscription_id: str | None = None) -> ArmClient:
        """ARM of a cloud, asked as an account that is being signed in."""
        return self.backend.arm(
            self.account_credential(account, environment),
            environment,
            subscription_id,
            sleep=self.sleep,
            verbose=self.verbose if self.wants_verbose else None,
        )


def signed_in(context: Context | None) -> Context:
    """The context.

    Raises:
        NotSignedInError: There is none.
    """
    if context is None:
        # AzureRM's own words: scripts compare them.
        raise NotSignedInError(
            "Run Connect-AzureRmAccount to login.", remedy="On an Azure VM: Connect-AzureRmAccount -Identity"
        )
    return context
