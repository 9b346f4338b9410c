"""When a token expires, in all the spellings there are. Pure.

"1586984735", 1586984735       seconds since 1970: IMDS, App Service 2019, Service Fabric
"06/20/2019 02:57:58 +00:00"   App Service 2017 on Linux
"1/16/2020 5:24:12 AM +00:00"  App Service 2017 on Windows
"""

from __future__ import annotations

import re

# Texts, not patterns: to compile one takes a part of a millisecond, and most tokens need none of them.
_DATE = r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2}):(\d{2})(?: (AM|PM))? ([+-])(\d{2}):(\d{2})"
#: RFC 9110, section 5.6.7. `email.utils` knows it, and takes longer to import than all else here.
_HTTP_DATE = r"[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT"
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
#: Seconds since 1970 that no token reaches: the year 2100. What is later is no expiry but a mistake.
_LATEST = 4_102_444_800


def instant(value: object) -> int | None:
    """Seconds since 1970 (UTC), from any of the spellings; None for anything else."""
    if isinstance(value, str) and "/" in value and (match := re.fullmatch(_DATE, value, re.ASCII)):
        return _from_date(match)
    return seconds(value)


def seconds(value: object) -> int | None:
    """A whole number of seconds, above 0, as a number or as text; None for anything else."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < _LATEST:
        return value
    return None


def http_date(text: str) -> float | None:
    """Seconds since 1970 (UTC), from a Date header; None for anything else."""
    match = re.fullmatch(_HTTP_DATE, text, re.ASCII)
    if match is None or match[2] not in _MONTHS:
        return None
    day, year, hour, minute, second = (int(match[index]) for index in (1, 3, 4, 5, 6))
    month = _MONTHS.index(match[2]) + 1
    # Days since 1970, in years that begin with March: https://howardhinnant.github.io/date_algorithms.html
    years = year - (month <= 2)
    days = years * 365 + years // 4 - years // 100 + years // 400 + (153 * ((month + 9) % 12) + 2) // 5 + day - 719469
    return float(((days * 24 + hour) * 60 + minute) * 60 + second)


def _from_date(match: re.Match[str]) -> int | None:
    import datetime  # the old App Service only, and it takes milliseconds

    month, day, year, hour, minute, second = (int(match[index]) for index in range(1, 7))
    half, sign = match[7], -1 if match[8] == "-" else 1
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "PM" else 0)
    ahead = datetime.timedelta(hours=int(match[9]), minutes=int(match[10])) * sign
    try:
        moment = datetime.datetime(year, month, day, hour, minute, second, tzinfo=datetime.timezone(ahead))
        return seconds(moment.timestamp())
    except ValueError:
        return None
