"""arm: from the second page of a list on, the next ones are asked for while one is worked on."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable, Generator
from typing import Any

import pytest
from support import GUARD, Clock, answer

from pybridge.accounts import StaticCredential
from pybridge.arm import ArmClient
from pybridge.errors import CancelledError, CutOffError, ForbiddenError, NoEndpointError, UnsafeError
from pybridge.models import AccessToken, HttpRequest, HttpResponse

HOST = "https://management.azure.com"


class Pages:
    """ARM with pages of one item. Each request is noted, and whoever waits for it told.

    Args:
        answers: What is answered instead, by the number of the page: first this, then the page.
    """

    def __init__(self, count: int, **answers: HttpResponse | Exception) -> None:
        self._count = count
        self._instead = answers
        self._came = threading.Condition()
        self.requests: list[HttpRequest] = []
        self.threads: list[str] = []

    def send(self, request: HttpRequest) -> HttpResponse:
        number = int(request.url.rpartition("page=")[2]) if "page=" in request.url else 1
        with self._came:
            self.requests.append(request)
            self.threads.append(threading.current_thread().name)
            self._came.notify_all()
        instead = self._instead.pop(f"page{number}", None)
        if isinstance(instead, Exception):
            raise instead
        following = f"{HOST}/things?page={number + 1}" if number < self._count else None
        return instead or answer(200, {"value": [{"n": number}], "nextLink": following})

    def wait(self, count: int) -> None:
        """Until so many requests have come."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.requests) >= count, GUARD)


def reading(
    pages: Pages,
    credential: Any = None,
    verbose: Callable[[str], None] | None = None,
) -> Generator[dict[str, Any], None, None]:
    clock = Clock()
    client = ArmClient(
        credential or StaticCredential("abc"),
        subscription_id="s",
        transport=pages,
        environ={},
        clock=clock,
        sleep=clock.sleep,
        verbose=verbose,
    )
    found = client.list("/things", "1")
    assert isinstance(found, Generator)
    return found


def ahead() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "pybridge-ahead"]


def test_the_third_page_is_there_when_it_is_wanted() -> None:
    pages = Pages(4)
    found = reading(pages)
    assert [next(found)["n"], len(pages.requests)] == [1, 1]
    assert next(found)["n"] == 2
    pages.wait(3)  # though nobody has asked for its item
    assert [item["n"] for item in found] == [3, 4]
    assert len(pages.requests) == 4
    here = threading.current_thread().name
    assert pages.threads == [here, here, "pybridge-ahead", "pybridge-ahead"]


def test_who_stops_at_the_first_page_asks_for_no_other() -> None:
    pages = Pages(4)
    found = reading(pages)
    next(found)
    found.close()
    assert len(pages.requests) == 1


def test_no_more_than_two_pages_wait() -> None:
    pages = Pages(9)
    found = reading(pages)
    others = ahead()
    assert [next(found)["n"], next(found)["n"]] == [1, 2]
    (thread,) = (one for one in ahead() if one not in others)
    pages.wait(4)
    found.close()
    thread.join(GUARD)
    assert (thread.is_alive(), len(pages.requests)) == (False, 4)


def test_a_list_that_nobody_holds_any_more_is_not_read_on() -> None:
    pages = Pages(9)
    found = reading(pages)
    others = ahead()
    assert [next(found)["n"], next(found)["n"], next(found)["n"]] == [1, 2, 3]
    (thread,) = (one for one in ahead() if one not in others)
    del found
    thread.join(GUARD)
    assert not thread.is_alive()


def test_what_is_told_of_them_is_told_where_they_are_wanted() -> None:
    told: list[tuple[str, str]] = []

    def verbose(text: str) -> None:
        told.append((threading.current_thread().name, text.partition(" in ")[0]))

    assert len(list(reading(Pages(4, page3=answer(429, {})), verbose=verbose))) == 4
    here, get = threading.current_thread().name, "GET /things?"
    assert told == [
        (here, f"{get}api-version=1: 200"),
        (here, f"{get}page=...: 200"),
        (here, f"{get}page=...: 429"),
        (here, told[3][1]),
        (here, f"{get}page=...: 200"),
        (here, f"{get}page=...: 200"),
    ]
    assert told[3][1].startswith("ARM answered 429: asking again")


def test_a_refusal_is_for_whoever_wants_that_page() -> None:
    found = reading(Pages(4, page3=answer(403, {"error": {"code": "AuthorizationFailed", "message": "no"}})))
    assert [next(found)["n"], next(found)["n"]] == [1, 2]
    with pytest.raises(ForbiddenError):
        next(found)


def test_what_is_refused_for_a_moment_is_asked_for_again() -> None:
    pages = Pages(3, page3=answer(503, {}))
    assert [item["n"] for item in reading(pages)] == [1, 2, 3]
    assert len(pages.requests) == 4


def leading_elsewhere(number: int) -> HttpResponse:
    return answer(200, {"value": [{"n": number}], "nextLink": "https://elsewhere.example/things"})


@pytest.mark.parametrize("number", [1, 2])
def test_a_link_that_leads_elsewhere_costs_nothing_of_its_page(number: int) -> None:
    found = reading(Pages(4, **{f"page{number}": leading_elsewhere(number)}))
    assert [next(found)["n"] for _ in range(number)] == list(range(1, number + 1))
    with pytest.raises(UnsafeError):
        next(found)


def test_nor_does_a_token_that_is_not_there() -> None:
    class Failing:
        """Has two tokens."""

        asked = 0

        def get_token(self, resource: str, **options: Any) -> AccessToken:
            self.asked += 1
            if self.asked > 2:
                raise NoEndpointError("gone")
            return StaticCredential("abc").get_token(resource)

    found = reading(Pages(4), Failing())
    assert [next(found)["n"], next(found)["n"]] == [1, 2]
    with pytest.raises(NoEndpointError):
        next(found)


def test_where_no_thread_can_be_started_the_list_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    pages = Pages(4)
    assert [item["n"] for item in reading(pages)] == [1, 2, 3, 4]
    assert pages.threads == [threading.current_thread().name] * 4


def test_each_page_is_asked_for_with_the_token_of_its_time() -> None:
    class Renewing:
        """Gives another token from the third time on."""

        asked = 0

        def get_token(self, resource: str, **options: Any) -> AccessToken:
            self.asked += 1
            return StaticCredential("old" if self.asked < 3 else "new").get_token(resource)

    pages = Pages(3)
    assert [item["n"] for item in reading(pages, Renewing())] == [1, 2, 3]
    assert [request.headers["Authorization"] for request in pages.requests] == [
        "Bearer old",
        "Bearer old",
        "Bearer new",
    ]


def test_an_error_that_nobody_takes_is_not_held() -> None:
    pages = Pages(9)
    held: list[weakref.ref[Clock]] = []
    began, failed = threading.Event(), threading.Event()

    class Failing:
        """Fails in the thread, once the list has been closed."""

        def get_token(self, resource: str, **options: Any) -> AccessToken:
            if threading.current_thread().name == "pybridge-ahead":
                local = Clock()
                held.append(weakref.ref(local))
                began.set()
                assert failed.wait(GUARD)
                raise NoEndpointError("gone")
            return StaticCredential("abc").get_token(resource)

    others = ahead()
    found = reading(pages, Failing())
    assert [next(found)["n"], next(found)["n"]] == [1, 2]
    assert began.wait(GUARD)
    (thread,) = (one for one in ahead() if one not in others)
    gc.disable()
    try:
        found.close()
        del found
        failed.set()
        thread.join(GUARD)
        del thread
        assert held[0]() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("trouble", [CutOffError("cut off"), ZeroDivisionError("none of ours")])
def test_what_was_raised_is_raised_for_whoever_wants_that_page(trouble: Exception) -> None:
    found = reading(Pages(3, page3=trouble))
    assert [next(found)["n"], next(found)["n"]] == [1, 2]
    with pytest.raises(type(trouble)):
        next(found)


def test_who_waits_for_a_page_that_is_on_its_way_can_be_freed() -> None:
    hold = threading.Event()

    class Holding(Pages):
        """The third page never comes."""

        def send(self, request: HttpRequest) -> HttpResponse:
            found = super().send(request)
            if request.url.endswith("page=3"):
                hold.wait(GUARD)
            return found

    pages, looks = Holding(4), []

    def sleep(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) > 3:
            raise CancelledError("nobody wants it any more")

    client = ArmClient(StaticCredential("abc"), subscription_id="s", transport=pages, environ={}, sleep=sleep)
    found = client.list("/things", "1")
    assert [next(found)["n"], next(found)["n"]] == [1, 2]
    with pytest.raises(CancelledError):
        next(found)
    hold.set()
    assert set(looks) == {0}
