"""The emulator as a transport: a request goes to the service that its path belongs to, whatever its host."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import CutOffError, RefusedError, TimedOutError, UsageError
from ..models import HttpRequest, HttpResponse
from . import tokens, workload
from .arm import Arm
from .arm.throttling import Rate
from .certificate import Certificate, TlsContext
from .exchange import Call, parse
from .faults import Fault, FaultList
from .hosting import DISCOVERY, ENDPOINTS, ENTRA, HOSTINGS, Endpoint, Hosting, endpoint
from .nouns import Principal, VirtualMachine
from .site import Site
from .state import default_world
from .tokencall import nested
from .world import World

ARM_RESOURCE = "https://management.azure.com/"
DEFAULT_MACHINE = "myVM"
DEFAULT_PAGE_SIZE = 100
#: How many requests are kept for reading back; older ones are forgotten.
RECORDED = 10_000
#: By it a client knows that a token is worth nothing outside of the emulator. On a port, the server says it.
SERVER = "pybridge-emulator"
#: Seconds that a stalled request is held on a port, where clients do not tell how long they will wait.
LONGEST_STALL = 3600.0


class Emulator:
    """A small Azure, and the token endpoints of one of its machines. Threads may share it.

    Args:
        world: What exists; the default world if None.
        machine: The VM that "this machine" is: its name, group/name, or resource ID.
        hosting: The hosting environment that it is in, a key of `HOSTINGS`: only the endpoints of that one answer,
            beside ARM. None for all of them.
        page_size: The most items a page of an ARM list holds.
        clock: Seconds since 1970.
        token_lifetime: Seconds.
        polls: How many times who looks finds a long operation still at work: at its status, or at its resource.
        retry_after: Seconds that clients are told to wait between two looks.
        rates: How much a principal may ask of ARM, as `arm.throttling.AZURE` says it; no limit if None.
        sleep: Waits for some seconds, for delay faults.

    Raises:
        UsageError: The world has no such VM, there is no such hosting environment, or a number is out of range.
    """

    def __init__(
        self,
        world: World | None = None,
        *,
        machine: str = DEFAULT_MACHINE,
        hosting: str | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        clock: Callable[[], float] = time.time,
        token_lifetime: int = 86_400,
        polls: int = 1,
        retry_after: int = 0,
        rates: Mapping[str, Rate] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if page_size < 1:
            raise UsageError(f"a page cannot hold {page_size} items")
        if polls < 0:
            raise UsageError(f"a long operation cannot take {polls} polls")
        if retry_after < 0:
            raise UsageError(f"nobody can wait for {retry_after} s")
        self.world = world or default_world()
        self._clock = clock
        self._sleep = sleep
        self._lifetime = token_lifetime
        self._key = self.world.key
        self._site = Site(self.world, self.world.vm(machine), self._key, lifetime=token_lifetime, clock=clock)
        self._open = ENDPOINTS if hosting is None else (DISCOVERY, ENTRA, *_row(hosting).endpoints)
        self._faults = FaultList()
        self._requests: deque[HttpRequest] = deque(maxlen=RECORDED)
        self._arm = Arm(
            self.world,
            self._key,
            page_size,
            faults=self._faults,
            polls=polls,
            retry_after=retry_after,
            rates=rates,
        )

    @property
    def vm(self) -> VirtualMachine:
        """This machine. May be set to another VM of the world."""
        return self._site.vm

    @vm.setter
    def vm(self, vm: VirtualMachine) -> None:
        self._site.vm = vm

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer a request.

        Raises:
            RefusedError: The VM extension is asked and is not there, or an endpoint of another hosting environment.
            CutOffError: A fault cut the connection.
            TimedOutError: A fault delayed the answer past the request's timeout.
        """
        response = self.answer(request, self._sleep)
        return response._replace(headers={"Server": SERVER, **response.headers})

    def answer(self, request: HttpRequest, sleep: Callable[[float], None]) -> HttpResponse:
        """`send`, waiting by other means, and without the Server header."""
        self._requests.append(request)
        call = parse(request, self._clock())
        path = call.path.lower()
        asked = endpoint(path)
        fault = self._faults.take(path)
        if fault is None:
            return self._truth(call, asked)
        _suffer(fault, request, sleep)
        return fault.response(asked.shape if asked else nested, lambda: self._truth(call, asked))

    def _truth(self, call: Call, asked: Endpoint | None) -> HttpResponse:
        if asked is None:
            return self._arm.answer(call)
        if asked not in self._open:
            raise RefusedError(f"nobody listens at {call.origin}{call.path}", target=call.origin + call.path)
        return asked.answer(call, self._site)

    def variables(self, hosting: str, url: str) -> dict[str, str]:
        """The variables by which a program in that hosting environment finds its endpoint.

        Args:
            hosting: A key of `HOSTINGS`.
            url: Where this emulator is: "http://127.0.0.1:PORT".

        Raises:
            UsageError: There is no such hosting environment.
        """
        return _row(hosting).variables(self._site, url)

    def tls_context(self) -> TlsContext:
        """What a server shows its certificate with.

        Raises:
            UsageError: The library that makes certificates is not installed.
        """
        return self._site.part(Certificate).context

    @property
    def thumbprint(self) -> str:
        """The SHA-1 thumbprint of the certificate of `tls_context`, 40 capital hex digits."""
        return self._site.part(Certificate).thumbprint

    def write_federated_token(self, *, expires_in: int | None = None, **claims: object) -> Path:
        """Write the file with the cluster's token for a workload identity anew, for tests: an expired or an odd one.

        Args:
            expires_in: Seconds from now; negative for a token that expired.
            claims: Instead of the usual ones.

        Returns:
            The file, which AZURE_FEDERATED_TOKEN_FILE names.
        """
        return self._site.part(workload.TokenFile).renew(expires_in=expires_in, **claims)

    def close(self) -> None:
        """Remove the files that were made for its clients."""
        self._site.close()

    def fail(
        self,
        route: str,
        *,
        status: int | None = None,
        retry_after: str | None = None,
        delay: float = 0,
        drop: bool = False,
        stall: bool = False,
        garbage: bool = False,
        body: str | None = None,
        operation: str | None = None,
        skip: int = 0,
        times: int | None = 1,
    ) -> None:
        """Let the next requests go wrong, see `Fault`."""
        self.add_fault(Fault(route, status, retry_after, delay, drop, stall, garbage, body, operation, skip, times))

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
            identity: A VM (its own identity), an identity, or the name of a VM or of an application; this machine's
                by default.
            expires_in: Seconds from now; negative for a token that expired.
            claims: Instead of, or beside, the usual ones; None takes one out.
            key: Sign with another key: a forgery.
        """
        if isinstance(identity, str):
            application = self.world.applications.get(identity.lower())
            identity = application.principal if application else self.world.vm(identity)
        who = identity if isinstance(identity, Principal) else _first_identity(identity or self.vm)
        lifetime = self._lifetime if expires_in is None else expires_in
        usual = tokens.claims_for(who, resource, now=math.floor(self._clock()), lifetime=lifetime)
        merged = {name: value for name, value in {**usual, **(claims or {})}.items() if value is not None}
        return tokens.sign(merged, key or self._key)


def _row(hosting: str) -> Hosting:
    row = HOSTINGS.get(hosting)
    if row is None:
        raise UsageError(
            f"there is no hosting environment {hosting!r}", target=hosting, remedy=f"Known: {', '.join(HOSTINGS)}."
        )
    return row


def _first_identity(vm: VirtualMachine) -> Principal:
    if not vm.identities:
        raise UsageError(f"the VM {vm.name} has no identity")
    return vm.identities[0]


def _suffer(fault: Fault, request: HttpRequest, sleep: Callable[[float], None]) -> None:
    """What goes wrong before an answer comes.

    Raises:
        TransportError: None comes.
    """
    if fault.delay:
        sleep(min(fault.delay, request.timeout))
    if fault.stall:
        sleep(min(LONGEST_STALL, request.timeout))
    if fault.stall or fault.delay > request.timeout:
        raise TimedOutError(f"no answer within {request.timeout:g} s", target=request.url)
    if fault.drop:
        raise CutOffError("the connection was cut before an answer came", target=request.url)
