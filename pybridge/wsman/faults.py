"""Faults: what a host says when it refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..printable import printable
from .causes import FaultRow, is_known, row_of
from .names import FAULT, SOAP, WMI_ERROR, WSMAN
from .xmltree import Element


class Fault(NamedTuple):
    """A refusal of a host. All of its text is printable and short.

    Attributes:
        code: The number, 0 to 2**32-1: of WSManFault, else of MSFT_WmiError; None for a fault of SOAP itself.
        value: Whose fault it is: "Sender", "Receiver", "MustUnderstand" ...
        subcode: Its name in WS-Management, such as "TimedOut"; "" without one.
        reason: The host's own sentence; "" without one.
        detail: What the service or its plugin said beyond that; "" without it.
        provider: The plugin that said it, such as "Shell cmd plugin".
        machine: What the host calls itself.
    """

    code: int | None
    value: str
    subcode: str
    reason: str
    detail: str
    provider: str | None
    machine: str | None

    @property
    def row(self) -> FaultRow:
        """The row of `FAULTS` for it."""
        return row_of(self.code, self.subcode or self.value)

    @property
    def kind(self) -> str:
        """One word for programs: the kind of a row of `FAULTS`, or "other"."""
        return self.row.kind

    @property
    def meaning(self) -> str:
        """What happened, to be read behind "the host says that"."""
        return self.row.meaning

    @property
    def remedy(self) -> str:
        """What the reader can do now."""
        return self.row.remedy

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later."""
        return self.row.retryable

    def __str__(self) -> str:
        number = "" if self.code is None else f" (code {self.code}, 0x{self.code:08X})"
        words = self.detail or self.reason
        return f"{self.meaning}{number}{': ' if words else ''}{words}"


def fault_in(body: Element) -> Fault | None:
    """The fault in the body of an envelope, or None."""
    fault = body.find(f"{{{SOAP}}}Fault")
    if fault is None:
        return None
    detail = fault.find(f"{{{SOAP}}}Detail") or Element("", {})
    service = [element for element in detail.everything() if element.tag == f"{{{FAULT}}}WSManFault"]
    provider = next((one for one in detail.everything() if one.tag == f"{{{FAULT}}}ProviderFault"), None)
    codes = list(_codes(detail, service))
    return Fault(
        # The service may wrap the fault of a plugin: the one that says something counts.
        code=next((code for code in codes if is_known(code)), next(iter(codes), None)),
        value=_local(fault.value(f"{{{SOAP}}}Code", f"{{{SOAP}}}Value")),
        subcode=_local(fault.value(f"{{{SOAP}}}Code", f"{{{SOAP}}}Subcode", f"{{{SOAP}}}Value")),
        reason=printable(fault.value(f"{{{SOAP}}}Reason", f"{{{SOAP}}}Text") or ""),
        detail=printable(" ".join(_words(detail))),
        provider=_name(provider, "provider"),
        machine=_name(service[0] if service else None, "Machine"),
    )


def _codes(detail: Element, service: list[Element]) -> Iterator[int]:
    for text in (element.attributes.get("Code", "") for element in service):
        yield from _number(text)
    for error in detail.all(f"{{{WMI_ERROR}}}MSFT_WmiError"):
        yield from _number(error.value(f"{{{WMI_ERROR}}}error_Code") or "")
        yield from _number((error.value(f"{{{WMI_ERROR}}}MessageID") or "").removeprefix("HRESULT "))


def _number(text: str) -> Iterator[int]:
    """A number of 32 bits in decimal, also a negative one, or in hex."""
    found = re.fullmatch(r"\s*(?:0x([0-9a-f]{1,8})|(-?[0-9]{1,10}))\s*", text, re.IGNORECASE | re.ASCII)
    if found:
        number = int(found[1], 16) if found[1] else int(found[2])
        if -(2**31) <= number < 2**32:
            yield number % 2**32


def _words(detail: Element) -> Iterator[str]:
    """The messages of the service and of its plugins; the name of the detail where there is none."""
    texts = [
        element.text
        for element in detail.everything()
        if element.tag in (f"{{{FAULT}}}Message", f"{{{FAULT}}}ProviderFault", f"{{{WMI_ERROR}}}Message")
        and element.text.strip()
    ]
    if not texts:
        texts = [one.text.strip().rpartition("/")[2] for one in detail.all(f"{{{WSMAN}}}FaultDetail")]
    yield from dict.fromkeys(text.strip() for text in texts)


def _name(element: Element | None, attribute: str) -> str | None:
    text = None if element is None else element.attributes.get(attribute)
    return printable(text, 100) if text else None


def _local(name: str | None) -> str:
    """`TimedOut` for `w:TimedOut`: the prefix is the host's own choice."""
    return printable((name or "").rpartition(":")[2], 60)
