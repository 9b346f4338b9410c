"""How much may be asked of the emulator's ARM."""

from __future__ import annotations

from typing import Any

from armtalk import CORE, Azure, error

from pybridge.emulator.arm.throttling import AZURE, Rate


def left(azure: Azure, method: str, path: str, kind: str, **options: Any) -> str | None:
    where = "subscription" if path.startswith("/subscriptions/") else "tenant"
    return azure.ask(method, path, CORE, **options).header(f"x-ms-ratelimit-remaining-{where}-{kind}")


def test_reads_writes_and_deletes_have_buckets_of_their_own() -> None:
    azure = Azure(rates=AZURE)
    group = f"{azure.subscription}/resourceGroups/new"
    assert left(azure, "GET", group, "reads") == "249"
    assert left(azure, "HEAD", group, "reads") == "248"
    assert left(azure, "PUT", group, "writes", body={"location": "eastus"}) == "199"
    assert left(azure, "PATCH", group, "writes", body={}) == "198"
    assert left(azure, "DELETE", group, "deletes") == "199"
    assert left(azure, "GET", "/subscriptions", "reads") == "249"
    azure.who = "myVM"
    assert left(azure, "GET", group, "reads") == "249"


def test_an_empty_bucket_refuses_and_fills_by_the_clock() -> None:
    azure = Azure(rates={"reads": Rate(2, 0.5)})
    path = azure.subscription
    assert [azure.ask("GET", path, CORE).status for _ in range(2)] == [200, 200]
    for _ in range(3):
        answer = azure.ask("GET", path, CORE)
        assert error(answer) == (429, "SubscriptionRequestsThrottled")
        assert answer.header("Retry-After") == "2"
        assert answer.header("x-ms-ratelimit-remaining-subscription-reads") == "0"
        assert answer.header("x-ms-request-id")
    azure.now += 1
    assert azure.ask("GET", path, CORE).header("Retry-After") == "1"
    azure.now += 1
    assert azure.ask("GET", path, CORE).status == 200
    assert azure.ask("GET", path, CORE).status == 429
    azure.now += 3600
    assert left(azure, "GET", path, "reads") == "1"
    assert error(azure.ask("PUT", path, CORE))[0] == 405  # writes are not limited here


def test_the_tenant_has_its_own() -> None:
    azure = Azure(rates={"reads": Rate(1, 1)})
    assert azure.ask("GET", "/tenants", CORE).status == 200
    assert error(azure.ask("GET", "/tenants", CORE)) == (429, "TenantRequestsThrottled")
    assert azure.ask("GET", azure.subscription, CORE).status == 200


def test_no_limit_unless_asked_for() -> None:
    azure = Azure()
    assert left(azure, "PUT", azure.subscription, "writes") == "1199"
    for _ in range(1_250):
        answer = azure.ask("PUT", azure.subscription, CORE)
    assert (answer.status, answer.header("x-ms-ratelimit-remaining-subscription-writes")) == (405, "0")
