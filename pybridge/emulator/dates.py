"""Moments as Azure writes them out in words, always in UTC."""

from __future__ import annotations

import time


def unpadded(seconds: float) -> str:
    """As .NET on Windows does: 1/16/2020 5:24:12 AM."""
    moment = time.gmtime(seconds)
    clock = f"{(moment.tm_hour - 1) % 12 + 1}:{moment.tm_min:02}:{moment.tm_sec:02}"
    day = f"{moment.tm_mon}/{moment.tm_mday}/{moment.tm_year}"
    return f"{day} {clock} {'AM' if moment.tm_hour < 12 else 'PM'}"


def padded(seconds: float) -> str:
    """As .NET on Linux does: 06/20/2019 02:57:58."""
    return time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime(seconds))


def iso(seconds: float) -> str:
    """As JSON has it: 2019-06-20T02:57:58.0000000+00:00."""
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{whole}.{int(seconds % 1 * 10_000_000):07}+00:00"
