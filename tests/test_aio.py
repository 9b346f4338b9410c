"""aio: the same credential for those who must not block."""

from __future__ import annotations

import asyncio
import threading

import pytest
from support import ARM, GUARD

from pybridge import ManagedIdentityCredential, aio
from pybridge.emulator import Emulator
from pybridge.errors import TokenRejectedError, UsageError
from pybridge.models import HttpRequest, HttpResponse


def test_coroutines_that_want_one_token_make_one_request() -> None:
    emulator = Emulator()

    async def run() -> int:
        async with aio.ManagedIdentityCredential(transport=emulator, environ={}) as credential:
            tokens = await asyncio.gather(*[credential.get_token(f"{ARM}/.default") for _ in range(50)])
        return len({token.token for token in tokens})

    assert asyncio.run(run()) == 1
    assert len(emulator.requests) == 1


def test_the_cache_is_that_of_the_process() -> None:
    emulator = Emulator()
    token = ManagedIdentityCredential(transport=emulator, environ={}).get_token(ARM)
    identity = aio.ManagedIdentityCredential(transport=emulator, environ={})
    assert asyncio.run(identity.get_token(ARM)) is token


def test_the_loop_goes_on_while_the_endpoint_is_asked() -> None:
    emulator = Emulator()
    asked_on: set[int] = set()

    class Watched:
        def send(self, request: HttpRequest) -> HttpResponse:
            asked_on.add(threading.get_ident())
            return emulator.send(request)

    async def run() -> None:
        identity = aio.ManagedIdentityCredential(transport=Watched(), environ={})
        await identity.get_token(ARM)
        before = set(asked_on)
        await identity.get_token(ARM)
        assert asked_on == before

    asyncio.run(run())
    assert asked_on
    assert threading.get_ident() not in asked_on


def test_a_token_at_hand_takes_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        identity = aio.ManagedIdentityCredential(transport=Emulator(), environ={})
        token = await identity.get_token(ARM)
        monkeypatch.setattr(asyncio, "to_thread", None)
        assert await identity.get_token(ARM) is token
        assert await identity.get_token_info(ARM, options={"enable_cae": True}) is token

    asyncio.run(run())


def test_many_who_wait_take_one_thread_and_leave_the_others_free() -> None:
    opened = threading.Event()
    emulator = Emulator()

    class Slow:
        def send(self, request: HttpRequest) -> HttpResponse:
            if "vault" in request.url:
                assert opened.wait(GUARD)
            return emulator.send(request)

    async def run() -> None:
        identity = aio.ManagedIdentityCredential(transport=Slow(), environ={})
        waiting = [asyncio.ensure_future(identity.get_token("https://vault.azure.net")) for _ in range(100)]
        await asyncio.wait_for(identity.get_token(ARM), GUARD)
        waiting[0].cancel()  # who gives up does not take it from the others
        opened.set()
        tokens = await asyncio.gather(*waiting[1:])
        assert len({token.token for token in tokens}) == 1

    asyncio.run(run())
    assert len(emulator.requests) == 2


def test_force_refresh_claims_and_lifetimes_are_passed_on() -> None:
    emulator = Emulator()

    async def run() -> None:
        identity = aio.ManagedIdentityCredential(transport=emulator, environ={})
        await identity.get_token(ARM)
        await identity.get_token(ARM, force_refresh=True)
        await identity.get_token(ARM, claims="{}")
        await identity.get_token(ARM, min_ttl=10)
        await identity.close()

    asyncio.run(run())
    assert len(emulator.requests) == 3


def test_errors_are_those_of_the_credential() -> None:
    identity = aio.ManagedIdentityCredential(transport=Emulator(machine="twoIdentitiesVM"), environ={}, client_id="x")
    with pytest.raises(TokenRejectedError, match="Identity not found"):
        asyncio.run(identity.get_token(ARM))
    with pytest.raises(UsageError):
        aio.ManagedIdentityCredential(client_id="a", object_id="b")
    assert repr(identity) == "aio.ManagedIdentityCredential(client_id='x')"
