"""expiry: when a token expires, in all the spellings, and what of it counts for how long the token is kept."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ARM, answer, jwt, leaks, shown

from pybridge import keyfiles
from pybridge.emulator import dates
from pybridge.errors import MalformedError
from pybridge.models import HttpResponse, ManagedIdentityId
from pybridge.sources import IMDS, Ask, Endpoint, Grant, parse
from pybridge.sources.answers import LONG_LIVED, LONGEST
from pybridge.sources.expiry import instant, seconds

NOW = 1_700_000_000.5
OPAQUE = "an-opaque-token-that-tells-nothing-of-its-expiry"


def parsed(fields: dict[str, Any], *, token: str = OPAQUE, now: float = NOW, date: str | None = None) -> Grant:
    """What IMDS's answer with these fields is worth; `date` is the server's clock."""
    ask = Ask(ARM, ManagedIdentityId(), {}, Endpoint(), keyfiles.read)
    response = answer(200, {"access_token": token, **fields})
    if date is not None:
        response = response._replace(headers={**response.headers, "Date": date})
    return parse(IMDS, ask, response, now=now)


def http_date(moment: float) -> str:
    return format_datetime(datetime.fromtimestamp(moment, timezone.utc), usegmt=True)


# --- the spellings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1_586_984_735, 1_586_984_735),
        ("1586984735", 1_586_984_735),
        (1_586_984_735.0, 1_586_984_735),
        ("06/20/2019 02:57:58 +00:00", 1_560_999_478),
        ("1/16/2020 5:24:12 AM +00:00", 1_579_152_252),
        ("1/16/2020 5:24:12 PM +00:00", 1_579_195_452),
        ("1/16/2020 12:00:00 AM +00:00", 1_579_132_800),
        ("1/16/2020 12:00:00 PM +00:00", 1_579_176_000),
        ("12/31/2020 11:59:59 PM +00:00", 1_609_459_199),
        ("02/29/2020 00:00:00 +00:00", 1_582_934_400),
        ("1/16/2020 6:24:12 AM +01:00", 1_579_152_252),
        ("1/15/2020 11:54:12 PM -05:30", 1_579_152_252),
    ],
)
def test_the_spellings_of_a_moment(value: object, moment: int) -> None:
    assert instant(value) == moment


@pytest.mark.parametrize(
    "value",
    [
        None, "", " ", True, False, 0, -1, "0", "-1", "+5", "1.5", 1.5, float("inf"), float("nan"), 1e300, 10**15,
        4_102_444_800, "4102444800", "9" * 13, "9" * 5000, "1e9", "0x5e97", "²³", "\u0661\u0665", "1586984735 ",
        "1_586_984_735", "soon", [1_586_984_735], {"expires_on": 1}, b"1586984735",
        "2020-01-16T05:24:12Z", "2020-01-16 05:24:12 +00:00", "1/16/2020", "1/16/2020 5:24:12 AM", "5:24:12 AM +00:00",
        "13/01/2020 00:00:00 +00:00", "2/30/2020 00:00:00 +00:00", "02/29/2019 00:00:00 +00:00",
        "1/16/2020 0:24:12 AM +00:00", "1/16/2020 13:24:12 PM +00:00", "1/16/2020 24:00:00 +00:00",
        "1/16/2020 5:60:12 AM +00:00", "1/16/2020 5:24:60 AM +00:00", "1/16/2020 5:24:12 am +00:00",
        "1/16/2020 5:24:12 AM +24:00", "1/16/2020 5:24:12 AM +99:99", "1/16/2020 5:24:12 AM 00:00",
        "1/16/2020 5:24:12 AM +00:00\n", "1/16/20 5:24:12 AM +00:00", "1/16/0000 5:24:12 AM +00:00",
        "1/1/0001 0:00:00 +23:59", "12/31/9999 23:59:59 -23:59", "12/31/1969 23:59:59 +00:00",
        "01/01/2100 00:00:00 +00:00", "\u0661/16/2020 5:24:12 AM +00:00",
    ],
)  # fmt: skip
def test_anything_else_is_no_moment(value: object) -> None:
    assert instant(value) is None


@settings(deadline=None)
@given(st.integers(1, 4_102_444_799))
def test_all_spellings_of_a_moment_mean_it(moment: int) -> None:
    spelt = [moment, str(moment), float(moment)]
    spelt += [f"{dates.padded(moment)} +00:00", f"{dates.unpadded(moment)} +00:00"]
    assert [instant(value) for value in spelt] == [moment] * len(spelt)


@settings(deadline=None)
@given(st.integers(86_400, 4_102_358_399), st.integers(-1439, 1439))
def test_a_zone_moves_the_clock_and_not_the_moment(moment: int, minutes: int) -> None:
    local = datetime.fromtimestamp(moment, timezone(timedelta(minutes=minutes)))
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    assert instant(f"{local:%m/%d/%Y %H:%M:%S} {sign}{hours:02}:{rest:02}") == moment


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.from_regex(r"[0-9/: +APM-]{0,30}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(JSON)
def test_whatever_comes_is_a_sound_number_or_none(value: object) -> None:
    for found in (instant(value), seconds(value)):
        assert found is None or (type(found) is int and 0 < found < 4_102_444_800)


# --- which of them counts ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "expires_on", "lifetime"),
    [
        ({"expires_on": "1700003600", "expires_in": "3599"}, 1_700_003_600, 3599),
        ({"expires_on": 1_700_003_600}, 1_700_003_600, 3599.5),
        ({"expires_in": "3600"}, 1_700_003_600, 3600),
        ({"expires_in": 3600, "expires_on": "tomorrow"}, 1_700_003_600, 3600),
        ({"expires_in": "soon", "expires_on": "1700003600"}, 1_700_003_600, 3599.5),
        # Counted from when it was issued, a while ago:
        ({"expires_on": "1700000100", "expires_in": "86400"}, 1_700_000_100, 99.5),
        ({"expires_on": "11/14/2023 11:13:20 PM +00:00"}, 1_700_003_600, 3599.5),
        ({"expires_on": "11/14/2023 23:13:20 +00:00"}, 1_700_003_600, 3599.5),
    ],
)
def test_the_expiry_is_read_from_whatever_tells_it(fields: dict[str, Any], expires_on: int, lifetime: float) -> None:
    grant = parsed(fields)
    assert (grant.token.expires_on, grant.lifetime) == (expires_on, lifetime)


@pytest.mark.parametrize("fields", [{}, {"expires_on": None, "expires_in": ""}, {"expires_in": 0}])
def test_where_the_answer_tells_none_the_token_does(fields: dict[str, Any]) -> None:
    assert parsed(fields, token=jwt(exp=1_700_000_500)).token.expires_on == 1_700_000_500


def test_the_answer_counts_more_than_the_token() -> None:
    assert parsed({"expires_on": "1700003600"}, token=jwt(exp=1_700_000_500)).token.expires_on == 1_700_003_600


@pytest.mark.parametrize(
    ("fields", "token"),
    [
        ({}, OPAQUE),
        ({"expires_on": "never"}, OPAQUE),
        ({"expires_on": "never", "expires_in": True}, jwt(exp=1_700_000_500, secret=OPAQUE)),
        ({"expires_in": "-1", "expires_on": "-1"}, OPAQUE),
        ({"expires_in": 0, "expires_on": 0}, OPAQUE),
        ({"expires_on": "4102444800"}, OPAQUE),
        ({"expires_on": [1_700_003_600]}, OPAQUE),
        ({}, jwt(exp="1700003600x", secret=OPAQUE)),
        ({}, jwt(exp=None, secret=OPAQUE)),
    ],
)
def test_no_expiry_at_all_is_an_error_that_shows_no_token(fields: dict[str, Any], token: str) -> None:
    with pytest.raises(MalformedError, match="does not say when it expires") as caught:
        parsed(fields, token=token)
    assert leaks({token}, *shown(caught.value)) == []


@pytest.mark.parametrize("date", [None, http_date(NOW)])
def test_a_token_that_has_expired_already_is_refused(date: str | None) -> None:
    with pytest.raises(MalformedError, match="expired already, 100 s ago") as caught:
        parsed({"expires_on": "1699999900"}, date=date)
    # The clock is to blame only where it was ours that counted.
    assert ("this machine's clock" in (caught.value.remedy or "")) is (date is None)


@pytest.mark.parametrize("wrong", [-40 * 86_400, -7200, 7200, 40 * 86_400])
def test_the_servers_clock_counts_more_than_ours(wrong: float) -> None:
    grant = parsed({"expires_on": "1700003600"}, now=NOW + wrong, date=http_date(NOW))
    assert (grant.token.expires_on, grant.lifetime) == (1_700_003_600, 3600)
    grant = parsed({"expires_in": "3600"}, now=NOW + wrong, date=http_date(NOW))
    assert (grant.token.expires_on, grant.lifetime) == (1_700_003_600, 3600)


def test_a_clock_of_ours_that_is_ahead_costs_no_token_that_tells_how_long_it_lasts() -> None:
    grant = parsed({"expires_on": "1700003600", "expires_in": "3599"}, now=NOW + 7200)
    assert (grant.token.expires_on, grant.lifetime) == (1_700_003_600, 3599)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "GMT",
        "soon GMT",
        "Tue, 14 Nov 2023 22:13:20",
        "Tue, 14 Nov 2023 22:13:20 -0000",
        "Tue, 14 Nov 2023 22:13:20 +0900",
        "Tue, 14 Nov 10000 22:13:20 GMT",
        "Tue, 14 Nov 99999999999999999999 22:13:20 GMT",
        "Tue, 99 Nov 2023 99:99:99 GMT GMT GMT",
        "1 1 1 GMT",
    ],
)
def test_an_odd_date_of_the_server_is_passed_over_or_harmless(date: str) -> None:
    grant = parsed({"expires_on": "1700003600", "expires_in": "3600"}, date=date)
    assert grant.token.expires_on == 1_700_003_600
    assert 0 < grant.lifetime <= 3600


@settings(deadline=None)
@given(st.text() | st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,12} [A-Z][a-z]{2} [0-9]{1,12} [0-9:]{0,12} GMT"))
def test_no_date_of_the_server_breaks_anything(date: str) -> None:
    with suppress(MalformedError):  # by that clock it has expired
        assert 0 < parsed({"expires_on": "1700003600"}, date=date).lifetime <= LONGEST


@pytest.mark.parametrize(
    ("fields", "date"),
    [
        ({"expires_in": 10**9}, None),
        ({"expires_on": "4102444799"}, None),
        ({"expires_on": "1700003600"}, "Thu, 01 Jan 1970 00:00:01 GMT"),  # a server that has lost its clock
    ],
)
def test_no_token_is_kept_for_ever(fields: dict[str, Any], date: str | None) -> None:
    grant = parsed(fields, date=date)
    assert grant.lifetime == LONGEST
    assert grant.token.refresh_on == int(NOW + LONGEST / 2)


@pytest.mark.parametrize(
    ("lifetime", "refresh_on"),
    [(LONG_LIVED - 1, None), (LONG_LIVED, int(NOW + LONG_LIVED / 2)), (86_400, int(NOW + 43_200))],
)
def test_a_long_lived_token_is_worth_renewing_at_half_its_life(lifetime: int, refresh_on: int | None) -> None:
    assert parsed({"expires_in": lifetime}).token.refresh_on == refresh_on


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["expires_on", "expires_in", "client_id", "resource"]), JSON))
def test_whatever_an_answer_says_ends_in_a_token_or_in_an_error_of_ours(fields: dict[str, Any]) -> None:
    seen: list[str] = []
    try:
        assert 0 < parsed(fields).lifetime <= LONGEST
    except MalformedError as error:
        seen = shown(error)
    assert leaks({OPAQUE}, *seen) == []


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_whatever_bytes_come_end_in_an_error_of_ours(body: bytes) -> None:
    ask = Ask(ARM, ManagedIdentityId(), {}, Endpoint(), keyfiles.read)
    with pytest.raises(MalformedError):
        parse(IMDS, ask, HttpResponse(200, {}, body), now=NOW)
