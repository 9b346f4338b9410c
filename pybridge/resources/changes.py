"""How a change ended, where the changed thing itself is not the answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from .travel import EPOCH, STATUS


@dataclass(frozen=True, slots=True)
class OperationResponse:
    """ARM's answer to a change.

    Attributes:
        request_id: What Microsoft's support asks for.
        status_code: In .NET's word: "OK", "Accepted", "NoContent".
        reason_phrase: The same for people.
    """

    request_id: str | None
    is_success_status_code: bool
    status_code: str = field(metadata=STATUS)
    reason_phrase: str


@dataclass(frozen=True, slots=True)
class ComputeOperation:
    """How a long operation on a VM went.

    Attributes:
        operation_id: The request ID of ARM's first answer to it.
        status: "Succeeded", or "InProgress" where nobody waited for its end.
        start_time, end_time: In seconds since 1970 (UTC); no end where nobody waited for it.
        error: Always None: an operation that ends badly is an error.
        name: AzureRM's member, unused.
    """

    operation_id: str | None
    status: str
    start_time: int = field(metadata=EPOCH)
    end_time: int | None = field(metadata=EPOCH)
    error: str | None = None
    name: str | None = None
