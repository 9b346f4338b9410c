"""Azure Resource Manager: asked and told, in ARM's JSON.

Wire format: https://learn.microsoft.com/rest/api/resources/
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from .. import sources
from ..clouds import arm_endpoint, cloud
from ..errors import CredentialError, MalformedError, TransportError
from ..models import Credential, Transport
from ..resources import (
    Environment,
    ResourceGroup,
    Subscription,
    Tenant,
    VirtualMachine,
    VirtualMachineListItem,
)
from ..transport import HttpsTransport
from . import compute, groups, merging
from .answers import ArmAnswer, arm_answer, json_object, json_value
from .longrunning import LongOperation, Progress, activity_of
from .nouns import subscription_from
from .paths import full_url, same_origin, segment
from .refusals import no_subscription
from .sending import Sender

#: The api-version of subscriptions and tenants.
SUBSCRIPTIONS = "2022-12-01"


class ArmClient:
    """Asks ARM with the tokens of a credential. Safe to share between threads.

    A list is read in a second thread from its third page on, with the same `credential`, `transport`, `clock`, `sleep`.

    Args:
        credential: Gives the tokens.
        subscription_id: Where groups and VMs are looked up; by default the first subscription that is visible.
        environment: The cloud; the public one by default.
        transport: The door to ARM.
        environ: Heeded for PYBRIDGE_ARM_ENDPOINT; the process's own by default.
        deadline: Seconds after which nothing is asked again; what is usual by default.
        clock: Seconds, for the retry deadline.
        sleep: Waits for some seconds; it may raise, and so end a wait that nobody wants any more.
        verbose: Is told, a sentence at a time, of each request, of what ARM still allows, and of each wait.
    """

    def __init__(
        self,
        credential: Credential,
        *,
        subscription_id: str | None = None,
        environment: Environment | None = None,
        transport: Transport | None = None,
        environ: Mapping[str, str] | None = None,
        deadline: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        verbose: Callable[[str], None] | None = None,
    ) -> None:
        environment = environment or cloud(None)
        self._credential = credential
        self._subscription_id = subscription_id
        self._resource = environment.arm_resource
        self._endpoint = arm_endpoint(environment, os.environ if environ is None else environ)
        self._clock = clock
        self._sleep = sleep
        self._sender = Sender(
            credential, self._resource, transport or HttpsTransport(), deadline, clock, sleep, verbose
        )

    @property
    def subscription_id(self) -> str:
        """The subscription that is asked.

        Raises:
            NoSubscriptionError: None was named, and none is visible.
        """
        if self._subscription_id is None:
            first = next(self.subscriptions(), None)
            if first is None:
                token = self._credential.get_token(self._resource)
                raise no_subscription(sources.claims(token.token).get("oid"))
            self._subscription_id = first.id
        return self._subscription_id

    def get(self, path: str, api_version: str, **query: str) -> dict[str, Any]:
        """The JSON object at a path such as "/subscriptions/...".

        Raises:
            ArmError: ARM refused; its class says why.
            CredentialError: There is no token to ask with.
            TransportError: ARM gave no usable answer.
        """
        return self._get(self._url(path, api_version, query))

    def list(self, path: str, api_version: str, **query: str) -> Iterator[dict[str, Any]]:
        """The items of a list, page by page; see `pages` for when each is asked for."""
        for page in self.pages(path, api_version, **query):
            items = page.get("value")
            if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
                raise MalformedError(f"ARM's list at {path} has no items", target=path)
            yield from items

    def pages(self, path: str, api_version: str, **query: str) -> Iterator[dict[str, Any]]:
        """The pages of a list as they came.

        The first two are asked for when they are wanted. Whoever wants a second one wants them all, mostly: from then
        on the next ones are asked for while one is worked on.
        """
        look = partial(self._sleep, 0)  # tells that it waits; and nobody may want it any more
        page = self.get(path, api_version, **query)
        link = page.get("nextLink")
        yield page
        if not link:
            return
        look()
        page = self._get(self._on_arm(link))
        link = page.get("nextLink")
        if not link:
            yield page
            return
        from .ahead import Ahead  # most lists have one page

        with Ahead(partial(self._pages_from, link), self._sender.verbose, look) as behind:
            yield page
            yield from behind

    def _pages_from(self, link: str, verbose: Callable[[str], None] | None) -> Iterator[dict[str, Any]]:
        sender = self._sender._replace(verbose=verbose)
        while link:
            page = _page(sender, self._on_arm(link))
            link = page.get("nextLink") or ""  # now: whoever gets the page may change it
            yield page

    def _on_arm(self, link: str) -> str:
        return same_origin(link, self._endpoint, "nextLink")

    def send(
        self,
        method: str,
        path: str,
        api_version: str,
        body: Any = None,
        *,
        if_match: str | None = None,
        if_none_match: str | None = None,
        query: Mapping[str, str] | None = None,
    ) -> ArmAnswer:
        """One exchange. What ARM has only taken on is not waited for: see `change`.

        Args:
            method: The verb in capitals. PUT and DELETE are sent again where the answer got lost, all else only
                where ARM turned it down unseen.
            path: Such as "/subscriptions/...".
            api_version: The version of the API that the path belongs to.
            body: JSON; None for no body.
            if_match: The ETag that the resource must still have.
            if_none_match: "*" where there must be no such resource yet.
            query: Further parameters.

        Raises:
            ArmError: ARM refused; its class says why.
            CredentialError: There is no token to ask with.
            TransportError: ARM gave no usable answer.
        """
        headers = {"If-Match": if_match, "If-None-Match": if_none_match}
        response = self._sender.send(
            method,
            self._url(path, api_version, query),
            body,
            {name: value for name, value in headers.items() if value is not None},
        )
        return arm_answer(response, path)

    def change(
        self,
        method: str,
        path: str,
        api_version: str,
        body: Any = None,
        *,
        if_match: str | None = None,
        wait: bool = True,
        progress: Callable[[Progress], None] | None = None,
        answered: Callable[[ArmAnswer], None] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        """Change something, and wait until that has ended, however long it takes.

        Args:
            wait: Whether to wait; else it returns what ARM answers at once.
            progress: Is told at each look how far it is.
            answered: Is given ARM's first answer, which has the request ID of the change.
            method, path, api_version, body, if_match, query: As `send` takes them.

        Returns:
            PUT and PATCH: the resource as it is at the end. POST: what the operation gives. None for nothing.

        Raises:
            OperationFailedError: ARM took it on, and it ended badly.
            ArmError, CredentialError, TransportError: As for `send`.
        """
        url = self._url(path, api_version, query)
        began = self._clock()
        request, response = self._sender.send_for(method, url, body, {"If-Match": if_match} if if_match else {})
        first = arm_answer(response, path)
        if answered is not None:
            answered(first)
        if not wait:
            return first.body
        operation = LongOperation(request, response, self._endpoint)
        activity = activity_of(method, path)
        while operation.url is not None:
            if progress is not None:
                progress(Progress(activity, operation.status, operation.percent, self._clock() - began))
            self.pause(operation.delay, f"{activity}: {operation.status}")
            try:
                operation.feed(*self._sender.exchange("GET", operation.url))
            except (TransportError, CredentialError) as exc:
                operation.miss(exc)
        return operation.result

    def update(
        self,
        path: str,
        api_version: str,
        merge: Callable[[dict[str, Any]], dict[str, Any] | None],
        *,
        method: str = "PATCH",
        wait: bool = True,
        progress: Callable[[Progress], None] | None = None,
        answered: Callable[[ArmAnswer], None] | None = None,
    ) -> dict[str, Any]:
        """Read a resource, merge a change into it, and write; anew where another has changed it meanwhile.

        Args:
            merge: Gets the resource; returns the body to send, or None where there is nothing to do, as of the state
                that it has brought about. It is called more than once.
            path, api_version, method, wait, progress, answered: As `change` takes them.

        Returns:
            The resource as it is at the end.

        Raises:
            ConflictError: It was changed by another each time, at the fifth attempt still.
            ArmError, CredentialError, TransportError: As for `change`.
        """
        return merging.update(
            self, path, api_version, merge, method=method, wait=wait, progress=progress, answered=answered
        )

    def pause(self, seconds: float, why: str) -> None:
        """Wait, and say so in -Verbose. Also a wait of no time ends where nobody wants the answer any more."""
        if seconds:
            self._sender.tell(f"{why}: waiting {seconds:.1f} s")
        self._sleep(seconds)

    def subscriptions(self) -> Iterator[Subscription]:
        """The subscriptions in which the caller may read something."""
        return map(subscription_from, self.list("/subscriptions", SUBSCRIPTIONS))

    def subscription(self, subscription_id: str) -> Subscription:
        """One subscription."""
        return subscription_from(self.get(f"/subscriptions/{segment(subscription_id, 'subscription')}", SUBSCRIPTIONS))

    def tenants(self) -> Iterator[Tenant]:
        """The tenants that the caller belongs to."""
        for item in self.list("/tenants", SUBSCRIPTIONS):
            yield Tenant(str(item.get("tenantId", "")), item.get("defaultDomain") or item.get("displayName"))

    def resource_groups(self) -> Iterator[ResourceGroup]:
        """The resource groups of the subscription that the caller may read."""
        yield from groups.list_groups(self)

    def resource_group(self, name: str) -> ResourceGroup:
        """One resource group."""
        return groups.get_group(self, name)

    def virtual_machines(self, group: str | None = None) -> Iterator[VirtualMachineListItem]:
        """The VMs of a resource group, or of the whole subscription, that the caller may read."""
        return compute.list_machines(self, group=group)

    def virtual_machine(self, group: str, name: str) -> VirtualMachine:
        """One VM."""
        return compute.get_machine(self, group, name)

    def subscription_path(self) -> str:
        """The path of the subscription that is asked."""
        return f"/subscriptions/{segment(self.subscription_id, 'subscription')}"

    def group_path(self, group: str) -> str:
        """The path of a resource group in it."""
        return f"{self.subscription_path()}/resourceGroups/{segment(group, 'resource group')}"

    def _url(self, path: str, api_version: str, query: Mapping[str, str] | None) -> str:
        return full_url(self._endpoint, path, {"api-version": api_version, **(query or {})})

    def _get(self, url: str) -> dict[str, Any]:
        return _page(self._sender, url)


def _page(sender: Sender, url: str) -> dict[str, Any]:
    path = urlsplit(url).path
    return json_object(json_value(sender.send("GET", url), path), path)
