"""The asynchronous face of the credential, for the `aio` clients of the Azure SDKs. Same options, same cache."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Mapping
from types import TracebackType
from typing import Any

from . import credential
from .credential import MIN_TTL
from .models import AccessToken


class ManagedIdentityCredential:
    """Tokens of this machine's managed identity, without blocking the event loop.

    Args:
        options: What `pybridge.ManagedIdentityCredential` takes; see there.
    """

    def __init__(self, **options: Any) -> None:
        self._credential = credential.ManagedIdentityCredential(**options)
        self._asked: dict[Hashable, asyncio.Future[AccessToken]] = {}

    def __repr__(self) -> str:
        return f"aio.{self._credential!r}"

    async def __aenter__(self) -> ManagedIdentityCredential:
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close connections. The tokens stay in the process's cache."""
        self._credential.close()

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        min_ttl: float = MIN_TTL,
        force_refresh: bool = False,
        **_: Any,
    ) -> AccessToken:
        """See `pybridge.ManagedIdentityCredential.get_token`. Only what is not at hand takes a thread."""
        token = None if claims or force_refresh else self._credential.at_hand(scopes, min_ttl)
        if token is not None:
            return token
        # One thread a question, however many ask it: the loop has few, and others want them too.
        question = (asyncio.get_running_loop(), scopes, claims, min_ttl, force_refresh)
        task = self._asked.get(question)
        if task is None:
            task = self._asked[question] = asyncio.ensure_future(
                asyncio.to_thread(
                    self._credential.get_token, *scopes, claims=claims, min_ttl=min_ttl, force_refresh=force_refresh
                )
            )
            task.add_done_callback(lambda _: self._asked.pop(question, None))
        return await asyncio.shield(task)  # who gives up does not take it from the others

    async def get_token_info(self, *scopes: str, options: Mapping[str, Any] | None = None) -> AccessToken:
        """`get_token`, as newer SDK clients call it: what it takes is in `options`."""
        return await self.get_token(*scopes, **(options or {}))
