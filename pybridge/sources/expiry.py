"""When a token expires, in all the spellings there are. Pure.

"1586984735", 1586984735       seconds since 1970: IMDS, App Service 2019, Service Fabric
"06/20/2019 02:57:58 +00:00"   App Service 2017 on Linux
"1/16/2020 5:24:12 AM +00:00"  App Service 2017 on Windows
"""

from __future__ import annotations

import re

_DATE = re.compile(
    r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d{2}):(\d{2})(?: (AM|PM))? ([+-])(\d{2}):(\d{2})", re.ASCII
)
#: RFC 9110, section 5.6.7. `email.utils` knows it, and takes longer to import than all else here.
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT", re.ASCII)
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
#: Seconds since 1970 that no token reaches: the year 2100. What is later is no expiry but a mistake.
_LATEST = 4_102_444_800


def instant(value: object) -> int | None:
    """Seconds since 1970 (UTC), from any of the spellings; None for anything else."""
    if isinstance(value, str) and (match := _DATE.fullmatch(value)):
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
    match = _HTTP_DATE.fullmatch(text)
    if match is None or match[2] not in _MONTHS:
        return None
    from datetime import datetime, timezone

    day, year, hour, minute, second = (int(match[index]) for index in (1, 3, 4, 5, 6))
    try:
        return datetime(year, _MONTHS.index(match[2]) + 1, day, hour, minute, second, tzinfo=timezone.utc).timestamp()
    except (ValueError, OverflowError):
        return None


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
