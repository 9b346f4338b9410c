"""The credential in the hands of azure-core, whose policies every Azure SDK client is built from."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from support import ARM, answer, http, talking

from pybridge import ManagedIdentityCredential, aio
from pybridge.emulator import Emulator
from pybridge.emulator.server import serve
from pybridge.models import HttpRequest, HttpResponse

CLAIMS = '{"access_token": {"nbf": {"essential": true, "value": "1700000000"}}}'


def challenge() -> bytes:
    """What a service answers that wants another token, with these claims."""
    encoded = base64.urlsafe_b64encode(CLAIMS.encode()).decode().rstrip("=")
    header = f'WWW-Authenticate: Bearer realm="", error="insufficient_claims", claims="{encoded}"'
    return http("401 Unauthorized", b"", header)


class Fabric:
    """A Service Fabric endpoint, which is told of claims; and what it was asked."""

    def __init__(self) -> None:
        self.environ = {
            "IDENTITY_ENDPOINT": "https://localhost:2377/metadata/identity/oauth2/token",
            "IDENTITY_HEADER": "secret",
            "IDENTITY_SERVER_THUMBPRINT": "00" * 20,
        }
        self.queries: list[dict[str, list[str]]] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        self.queries.append(parse_qs(urlsplit(request.url).query))
        return answer(200, {"access_token": f"token{len(self.queries)}", "expires_on": 4_000_000_000})


def test_claims_pass_the_cache_over_and_service_fabric_is_told_of_the_token() -> None:
    fabric = Fabric()
    identity = ManagedIdentityCredential(transport=fabric, environ=fabric.environ)
    assert identity.get_token(ARM).token == "token1"
    assert identity.get_token(ARM, claims=CLAIMS, tenant_id="any", enable_cae=True).token == "token2"
    assert identity.get_token(ARM).token == "token2"
    first, second = fabric.queries
    assert not {"xms_cc", "token_sha256_to_refresh"} & set(first)
    assert second["xms_cc"] == ["cp1"]
    assert second["token_sha256_to_refresh"] == [hashlib.sha256(b"token1").hexdigest()]


def test_get_token_info_tells_the_type_and_when_to_renew() -> None:
    identity = ManagedIdentityCredential(transport=Emulator(), environ={})
    info = identity.get_token_info(f"{ARM}/.default", options={"claims": "", "tenant_id": "any"})
    assert info.token_type == "Bearer"
    assert info.refresh_on is not None
    assert info.refresh_on < info.expires_on


# --- with azure-core ---------------------------------------------------------------------------------


@pytest.fixture
def core() -> Any:
    """Skips where azure-core is not installed: it is no dependency of ours."""
    return pytest.importorskip("azure.core", reason="azure-core is not installed")


def client_of(url: str, policy: Any) -> Any:
    from azure.core import PipelineClient

    return PipelineClient(url, policies=[policy])


def test_a_client_gets_through_with_it(core: Any) -> None:
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy
    from azure.core.rest import HttpRequest as Request

    emulator = Emulator()
    identity: Any = ManagedIdentityCredential(transport=emulator, environ={})
    with serve(emulator) as server:
        policy = BearerTokenCredentialPolicy(identity, f"{ARM}/.default")
        with client_of(server.url, policy) as client:
            for _ in range(3):
                request = Request("GET", f"{server.url}/subscriptions?api-version=2022-12-01")
                response = client.send_request(request, enforce_https=False)
                assert response.status_code == 200
                assert response.json()["value"]
    assert sum("/oauth2/token" in request.url for request in emulator.requests) == 1


def test_a_claims_challenge_gets_another_token(core: Any) -> None:
    from azure.core.pipeline.policies import BearerTokenCredentialPolicy
    from azure.core.rest import HttpRequest as Request

    answers = iter([challenge(), http("200 OK", b"{}")])
    fabric = Fabric()
    with talking(lambda connection: connection.sendall(next(answers))) as service:
        identity: Any = ManagedIdentityCredential(transport=fabric, environ=fabric.environ)
        policy = BearerTokenCredentialPolicy(identity, f"{ARM}/.default", enable_cae=True)
        with client_of(service.url, policy) as client:
            response = client.send_request(Request("GET", f"{service.url}/x"), enforce_https=False)
            assert response.status_code == 200
        sent = [head.decode().split("Authorization: ")[1].split("\r\n")[0] for head in service.received]
    assert sent == ["Bearer token1", "Bearer token2"]
    assert fabric.queries[1]["token_sha256_to_refresh"] == [hashlib.sha256(b"token1").hexdigest()]


def test_an_asynchronous_client_gets_its_token_too(core: Any) -> None:
    from azure.core.pipeline import PipelineContext, PipelineRequest
    from azure.core.pipeline.policies import AsyncBearerTokenCredentialPolicy
    from azure.core.rest import HttpRequest as Request

    emulator = Emulator()

    async def run() -> str:
        identity: Any = aio.ManagedIdentityCredential(transport=emulator, environ={})
        policy = AsyncBearerTokenCredentialPolicy(identity, f"{ARM}/.default")
        request = PipelineRequest(Request("GET", "https://management.azure.com/x"), PipelineContext(None))
        await policy.on_request(request)
        return str(request.http_request.headers["Authorization"])

    assert asyncio.run(run()).startswith("Bearer eyJ")
    assert len(emulator.requests) == 1
