"""How tests talk to the emulator's ARM: in process, without any code of pybridge's client."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from pybridge.emulator import Emulator
from pybridge.models import HttpRequest, HttpResponse

NOW = 1_700_000_000.0
CORE, COMPUTE, ROLES, IDENTITY = "2022-12-01", "2024-07-01", "2022-04-01", "2023-01-31"
HOST = "https://management.azure.com"
VMS = "/providers/Microsoft.Compute/virtualMachines"
IDENTITIES = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
ASSIGNMENTS = "/providers/Microsoft.Authorization/roleAssignments"
DEFINITIONS = "/providers/Microsoft.Authorization/roleDefinitions"


class Azure:
    """An emulator whose clock stands still at `NOW`, and what is asked of its ARM by one who may do everything.

    Attributes:
        who: Who asks: the name of an application or of a VM.
    """

    def __init__(self, **options: Any) -> None:
        self.now = NOW
        self.who = "deployApp"
        self.emulator = Emulator(clock=lambda: self.now, **options)
        self.world = self.emulator.world
        self.subscription = next(iter(self.world.subscriptions.values())).id
        self.group = f"{self.subscription}/resourceGroups/myResourceGroup"

    def vm(self, name: str = "myVM") -> str:
        return f"{self.group}{VMS}/{name}"

    def identity(self, name: str) -> str:
        return f"{self.group}{IDENTITIES}/{name}"

    def ask(
        self,
        method: str,
        path: str,
        version: str = COMPUTE,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        **query: str,
    ) -> HttpResponse:
        """One request. `filter="..."` becomes $filter; a path with its own query is asked as it is."""
        if "?" not in path:
            pairs = {"api-version": version, **{f"${name}": value for name, value in query.items()}}
            path = f"{path}?{urlencode(pairs, quote_via=quote, safe='$')}"
        url = path if path.startswith("http") else HOST + path
        sent = {"Authorization": f"Bearer {self.emulator.mint(self.who)}", **(headers or {})}
        data = b"" if body is None else json.dumps(body).encode()
        return self.emulator.send(HttpRequest(method, url, sent, data))

    def get(self, path: str, version: str = COMPUTE, **query: str) -> Any:
        """The JSON of an answer that must be 200."""
        return ok(self.ask("GET", path, version, None, headers=None, **query))

    def poll(self, answer: HttpResponse) -> dict[str, Any]:
        """The last status of the operation behind an answer."""
        url = answer.header("Azure-AsyncOperation")
        assert url is not None
        for _ in range(100):
            status: dict[str, Any] = ok(self.ask("GET", url))
            if status["status"] != "InProgress":
                return status
        raise AssertionError("the operation does not end")

    def done(self, answer: HttpResponse) -> HttpResponse:
        """The same answer, once the operation behind it has succeeded."""
        assert answer.status in (200, 201, 202), answer.body
        assert self.poll(answer)["status"] == "Succeeded"
        return answer


def ok(answer: HttpResponse) -> Any:
    assert answer.status in (200, 201), (answer.status, answer.body)
    return json.loads(answer.body)


def error(answer: HttpResponse) -> tuple[int, str]:
    """Status and code of a refusal, whose body also has a message."""
    found = json.loads(answer.body)["error"]
    assert found["message"]
    return answer.status, found["code"]


def names(page: Any) -> list[str]:
    return [item["name"] for item in page["value"]]
