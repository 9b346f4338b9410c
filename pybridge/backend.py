"""What operations stand on: the doors, the credentials, and the call that they run in."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

from .accounts import StaticCredential, for_account_id
from .arm import ArmClient
from .clouds import cloud
from .errors import NotSignedInError
from .models import Credential, HttpRequest, HttpResponse, Transport
from .resources import Account, Context, Environment
from .transport import HttpsTransport, MetadataTransport


class Backend:
    """What operations share: the doors, and one credential for each identity that was asked for.

    Args:
        metadata: The door to the metadata endpoints.
        arm: The door to ARM.
        environ: The variables; the process's own by default.

    Attributes:
        metadata, https: The doors: to the metadata endpoints, and to ARM.
        before_waiting: To be called by whoever is about to wait; the doors here do so before every request.
    """

    def __init__(
        self,
        *,
        metadata: Transport | None = None,
        arm: Transport | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.before_waiting: Callable[[], None] = _nothing
        self.metadata = _Announced(metadata or MetadataTransport(), self)
        self.https = _Announced(arm or HttpsTransport(), self)
        self.environ = os.environ if environ is None else environ
        self._credentials: dict[tuple[object, ...], Any] = {}
        self._lock = threading.Lock()

    def credential(self, make: Callable[..., Any], **options: str | None) -> Any:
        """`make(**options)`, the same object for the same options, so that its cache is shared."""
        key = (make, *sorted(options.items()))
        with self._lock:
            if key not in self._credentials:
                self._credentials[key] = make(
                    **options, transport=self.metadata, external=self.https, environ=self.environ
                )
            return self._credentials[key]

    def account_credential(self, account: Account) -> Credential:
        """The credential of a signed-in account."""
        if account.type == "AccessToken":
            return StaticCredential(account.access_token or "")
        credential: Credential = self.credential(
            for_account_id, account_id=account.id, endpoint=account.endpoint, secret=account.secret
        )
        return credential

    def arm(self, account: Account, environment: Environment, subscription_id: str | None = None) -> ArmClient:
        """ARM, asked as that account."""
        return ArmClient(
            self.account_credential(account),
            subscription_id=subscription_id,
            environment=environment,
            transport=self.https,
            environ=self.environ,
        )


class _Announced:
    """A transport that tells its backend before it waits."""

    def __init__(self, transport: Transport, backend: Backend) -> None:
        self._transport = transport
        self._backend = backend
        self.place: object = getattr(transport, "place", transport)

    def send(self, request: HttpRequest) -> HttpResponse:
        self._backend.before_waiting()
        return self._transport.send(request)


def _nothing() -> None:
    pass


class Call:
    """One call of an operation: what it may use, and whom it may tell."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend

    def warn(self, message: str) -> None:
        """Tell the caller something that is not an error."""

    def arm(self, context: Context | None) -> ArmClient:
        """ARM, asked as the signed-in account, in its subscription.

        Raises:
            NotSignedInError: There is no context.
        """
        context = signed_in(context)
        subscription = context.subscription
        # By its name: a context may come from a file or another machine, and its URLs must not lead tokens astray.
        environment = cloud(context.environment.name)
        return self.backend.arm(context.account, environment, subscription.id if subscription else None)


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
