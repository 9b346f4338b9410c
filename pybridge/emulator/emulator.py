"""The emulator as a transport: a request goes to the service that its path belongs to, whatever its host."""

from __future__ import annotations

import math
import secrets
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import TimedOutError, UnreachableError, UsageError
from ..models import HttpRequest, HttpResponse
from . import metadata, tokens
from .arm import Arm
from .exchange import parse
from .faults import Fault, FaultList
from .nouns import Principal, VirtualMachine
from .state import default_world
from .world import World

ARM_RESOURCE = "https://management.azure.com/"
DEFAULT_MACHINE = "myVM"
DEFAULT_PAGE_SIZE = 100
#: How many requests are kept for reading back; older ones are forgotten.
RECORDED = 10_000


class Emulator:
    """A small Azure, and the metadata endpoints of one of its VMs. Threads may share it.

    Args:
        world: What exists; the default world if None.
        machine: The VM that "this machine" is: its name, group/name, or resource ID.
        page_size: The most items a page of an ARM list holds.
        clock: Seconds since 1970.
        token_lifetime: Seconds.
        sleep: Waits for some seconds, for delay faults.

    Raises:
        UsageError: The world has no such VM, or a number is out of range.

    Attributes:
        vm: This machine. May be set to another VM of the world.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        machine: str = DEFAULT_MACHINE,
        page_size: int = DEFAULT_PAGE_SIZE,
        clock: Callable[[], float] = time.time,
        token_lifetime: int = 86_400,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if page_size < 1:
            raise UsageError(f"a page cannot hold {page_size} items")
        self.world = world or default_world()
        self.vm: VirtualMachine = self.world.vm(machine)
        self._clock = clock
        self._sleep = sleep
        self._lifetime = token_lifetime
        self._key = secrets.token_bytes(32)
        self._faults = FaultList()
        self._requests: deque[HttpRequest] = deque(maxlen=RECORDED)
        self._arm = Arm(self.world, self._key, page_size)

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer a request.

        Raises:
            RefusedError: The VM extension is asked and is not there.
            UnreachableError: A fault cut the connection.
            TimedOutError: A fault delayed the answer past the request's timeout.
        """
        return self.answer(request, self._sleep)

    def answer(self, request: HttpRequest, sleep: Callable[[float], None]) -> HttpResponse:
        """`send`, waiting by other means."""
        self._requests.append(request)
        call = parse(request, self._clock())
        path = call.path.lower()
        fault = self._faults.take(path)
        if fault is not None:
            response = _suffer(fault, request, path, sleep)
            if response is not None:
                return response
        if path == "/oauth2/token":
            return metadata.vm_extension(call, self.vm, self._mint)
        if path == "/metadata" or path.startswith("/metadata/"):
            return metadata.imds(call, self.vm, self._mint)
        return self._arm.answer(call)

    def fail(
        self,
        route: str,
        *,
        status: int | None = None,
        retry_after: str | None = None,
        delay: float = 0,
        drop: bool = False,
        garbage: bool = False,
        times: int | None = 1,
    ) -> None:
        """Let the next requests go wrong, see `Fault`."""
        self.add_fault(Fault(route, status, retry_after, delay, drop, garbage, times))

    def add_fault(self, fault: Fault) -> None:
        self._faults.add(fault)

    def clear_faults(self) -> None:
        self._faults.clear()

    @property
    def requests(self) -> list[HttpRequest]:
        """What was asked so far, in order."""
        return list(self._requests)

    def clear_requests(self) -> None:
        self._requests.clear()

    def mint(
        self,
        identity: VirtualMachine | Principal | str | None = None,
        *,
        resource: str = ARM_RESOURCE,
        expires_in: int | None = None,
        claims: Mapping[str, Any] | None = None,
        key: bytes | None = None,
    ) -> str:
        """A token without asking an endpoint, for tests: an expired, a forged or an odd one.

        Args:
            identity: A VM (its own identity), an identity, or a VM's name; this machine's by default.
            expires_in: Seconds from now; negative for a token that expired.
            claims: Instead of, or beside, the usual ones; None takes one out.
            key: Sign with another key: a forgery.
        """
        if isinstance(identity, str):
            identity = self.world.vm(identity)
        who = identity if isinstance(identity, Principal) else _first_identity(identity or self.vm)
        lifetime = self._lifetime if expires_in is None else expires_in
        usual = tokens.claims_for(who, resource, now=math.floor(self._clock()), lifetime=lifetime)
        merged = {name: value for name, value in {**usual, **(claims or {})}.items() if value is not None}
        return tokens.sign(merged, key or self._key)

    def _mint(self, identity: Principal, resource: str, now: float) -> tuple[str, int]:
        claims = tokens.claims_for(identity, resource, now=math.floor(now), lifetime=self._lifetime)
        return tokens.sign(claims, self._key), self._lifetime


def _first_identity(vm: VirtualMachine) -> Principal:
    if not vm.identities:
        raise UsageError(f"the VM {vm.name} has no identity")
    return vm.identities[0]


def _suffer(fault: Fault, request: HttpRequest, path: str, sleep: Callable[[float], None]) -> HttpResponse | None:
    """What a fault makes of a request; None if the true answer follows."""
    if fault.delay:
        sleep(min(fault.delay, request.timeout))
        if fault.delay > request.timeout:
            raise TimedOutError(f"no answer within {request.timeout:g} s", target=request.url)
    if fault.drop:
        raise UnreachableError("the connection was cut before an answer came", target=request.url)
    return fault.response(path)
