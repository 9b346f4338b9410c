"""The case: a machine as the checks see it, and what has been asked about it."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from ..arm import ArmClient
from ..arm.compute import COMPUTE
from ..cache import TokenCache
from ..clouds import arm_endpoint, cloud
from ..computers import HostTransport
from ..credential import ManagedIdentityCredential
from ..errors import NotFoundError, PyBridgeError
from ..identity import who_am_i
from ..models import AccessToken, HttpRequest, HttpResponse, ManagedIdentityId, Transport
from ..resources import ManagedIdentity, Subscription
from ..sources import IMDS_HOST, SOURCES, Ask, Candidate, Endpoint, Source
from ..transport import HttpsTransport, MetadataTransport
from .access import Access, look
from .errands import Errand, Hurried, HurriedHost, Patience

#: Seconds for all of it, and for one question to this machine. Off Azure, packets to IMDS are dropped.
LIMIT, QUESTION = 4.0, 2.5

_IMDS, _VM_EXTENSION = SOURCES["imds"], SOURCES["vm_extension"]
_TOKEN_PATH = "/metadata/identity/oauth2/token"
#: A VM, or an instance of a scale set. It becomes a part of ARM's URL, whoever told it.
_VM_ID = re.compile(
    r"/subscriptions/[\w-]+/resourceGroups/[\w.()-]+/providers/Microsoft\.Compute/"
    r"(virtualMachineScaleSets/[\w.-]+/)?virtualMachines/[\w.-]+",
    re.IGNORECASE | re.ASCII,
)
#: Subscriptions that are counted.
_MANY = 100

T = TypeVar("T")


class Finding(NamedTuple):
    """What a check says: see `Check`."""

    state: str
    message: str
    remedy: str | None = None


class Answer(NamedTuple):
    """An answer over HTTP, and when it came by this machine's clock (seconds since 1970)."""

    response: HttpResponse
    received: float

    def json(self) -> Mapping[str, Any] | None:
        """The JSON object in it, if it is one."""
        try:
            found = json.loads(self.response.body)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None


@dataclass(frozen=True)
class Machine:
    """What the checks touch of this machine, or of a host; a test hands in another.

    Attributes:
        metadata: The door to the metadata endpoints.
        https: The door to the internet.
        environ: The variables.
        clock: Seconds since 1970.
        monotonic: Seconds that only go forward.
        sleep: Waits for some seconds.
        platform: As `sys.platform` has it.
        look: Finds out who may read Arc's keys in a folder.
        limit: Seconds for all of it.
        question: Seconds for one question to it.
        host: The host that it is, from which all requests but those to Azure Resource Manager set out; None for this
            machine. Of a host some things cannot be seen.
    """

    metadata: Transport = field(default_factory=MetadataTransport)
    https: Transport = field(default_factory=HttpsTransport)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    platform: str = sys.platform
    look: Callable[[str], Access] = look
    limit: float = LIMIT
    question: float = QUESTION
    host: HostTransport | None = None


class Case:
    """One run of the checklist. Whatever takes time is under way once this is made.

    Args:
        source: The name of a source; None for the one that is found.
        identity: Whose token is tried.
        cloud_name: The cloud; the public one by default.
        limit: Seconds for all of it.

    Raises:
        UsageError: There is no such source or cloud, or the identity is named twice.
    """

    def __init__(
        self, machine: Machine, source: str | None, identity: ManagedIdentityId, cloud_name: str | None, limit: float
    ) -> None:
        self.machine = machine
        self.environment = cloud(cloud_name)
        self.patience = Patience(limit, machine.monotonic, machine.sleep)
        self._https = Hurried(machine.https, self.patience, limit)
        # What a host says leads nowhere but from that host on: a URL of its variables must not be asked from here.
        if machine.host is None:
            self._metadata, self._external = Hurried(machine.metadata, self.patience, machine.question), self._https
        else:
            self._metadata = self._external = HurriedHost(machine.host, self.patience, machine.question)
        self._credential = ManagedIdentityCredential(
            **identity._asdict(),
            source=source,
            cloud=self.environment.name,
            deadline=machine.question,
            transport=self._metadata,
            external=self._external,
            environ=machine.environ,
            clock=machine.clock,
            monotonic=machine.monotonic,
            sleep=self.patience.sleep,
            tokens=TokenCache(),  # a token in store would hide that the endpoint is gone
        )
        self.candidates = self._credential.candidates()
        # In this order, as some wait for those above them.
        self.extension = self._errand("the port of the VM extension", self._ask_extension)
        self.endpoints = [self._errand(one.source.title, self._question(one)) for one in self.candidates]
        self.token = self._errand("a token", self._get_token)
        self.identity = self._errand("a token", self._identify)
        self.arm = self._errand("Azure Resource Manager", self._ask_arm)
        self.subscriptions = self._errand("Azure Resource Manager", self._list_subscriptions)
        self.vm = self._errand("Azure Resource Manager", self._get_vm)

    def _errand(self, what: str, run: Callable[[], T]) -> Errand[T]:
        return Errand(what, run, self.patience)

    def instance(self) -> Mapping[str, Any]:
        """What IMDS tells about the VM; empty where it does not."""
        for candidate, errand in zip(self.candidates, self.endpoints, strict=True):
            if candidate.source is _IMDS:
                found = errand.outcome()
                whole = None if found is None or isinstance(found, PyBridgeError) else found.json()
                compute = (whole or {}).get("compute")
                return compute if isinstance(compute, dict) else {}
        return {}

    @property
    def on_vm(self) -> bool:
        """Whether the sources that are asked are those of a VM."""
        return self.candidates[0].source in (_IMDS, _VM_EXTENSION)

    # --- what is asked -------------------------------------------------------------------------------

    def _ask(self, transport: Transport, request: HttpRequest) -> Answer:
        response = transport.send(request)
        return Answer(response, self.machine.clock())

    def _ask_extension(self) -> Answer:
        url = _VM_EXTENSION.place(Endpoint(), self.machine.environ)
        return self._ask(self._metadata, HttpRequest("GET", url, {"Metadata": "true"}))

    def _question(self, candidate: Candidate) -> Callable[[], Answer | None]:
        source = candidate.source
        if source is _IMDS:
            return self._ask_imds
        if source is _VM_EXTENSION and candidate.endpoint.url is None:
            return self.extension.result
        return lambda: self._ask_bare(source, candidate.endpoint)

    def _ask_imds(self) -> Answer | None:
        """What IMDS tells about the VM. None where the VM extension comes first, and is there: then it is not asked."""
        first = self.candidates[0].source is _IMDS or bool(self.machine.environ.get(IMDS_HOST))
        if not first and not isinstance(self.extension.outcome(), PyBridgeError):
            return None
        host = _IMDS.place(Endpoint(), self.machine.environ).removesuffix(_TOKEN_PATH)
        url = f"{host}/metadata/instance?api-version=2021-02-01"
        return self._ask(self._metadata, HttpRequest("GET", url, {"Metadata": "true"}))

    def _ask_bare(self, source: Source, endpoint: Endpoint) -> Answer:
        """Where the source would be asked for a token, but without any secret or parameter."""
        nobody = ManagedIdentityId(client_id="x" if "client_id" in source.selectors else None)
        ask = Ask("x:", nobody, self.machine.environ, endpoint, lambda path, folder: "x")
        real = source.request(ask)
        bare = HttpRequest("GET", real.url.partition("?")[0], {"Metadata": "true"}, pin=real.pin)
        return self._ask(self._external if source.external else self._metadata, bare)

    def _get_token(self) -> AccessToken:
        return self._credential.get_token(self.environment.resource_manager_url)

    def _identify(self) -> ManagedIdentity:
        self.token.result()
        return who_am_i(self._credential, self.environment.resource_manager_url)

    def _ask_arm(self) -> Answer:
        url = f"{arm_endpoint(self.environment, self.machine.environ)}/metadata/endpoints?api-version=2015-01-01"
        return self._ask(self._https, HttpRequest("GET", url, {"Accept": "application/json"}))

    def _list_subscriptions(self) -> list[Subscription]:
        self.token.result()
        return list(islice(self._client().subscriptions(), _MANY))

    def _get_vm(self) -> str:
        """The resource ID of this VM, once its identity has read it there."""
        vm = self.vm_id()
        if vm is None:
            raise NotFoundError("nobody tells the resource ID of this VM")
        self.token.result()
        self._client().get(vm, COMPUTE)
        return vm

    def vm_id(self) -> str | None:
        """The resource ID of this VM, from IMDS or the token, where one of them tells."""
        found = self.identity.outcome()
        told = [self.instance().get("resourceId")]
        if isinstance(found, ManagedIdentity):
            told += [found.assigned_to, found.resource_id]
        return next((one for one in told if isinstance(one, str) and _VM_ID.fullmatch(one)), None)

    def _client(self) -> ArmClient:
        return ArmClient(
            self._credential,
            environment=self.environment,
            transport=self._https,
            environ=self.machine.environ,
            deadline=0,
            clock=self.machine.monotonic,
        )
