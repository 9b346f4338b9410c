"""How far long operations are. Who has the URL of one needs no role for it."""

from __future__ import annotations

from typing import Any

from .call import ArmCall, Refusal, Reply
from .longrunning import Operation


def get_operation(arm: ArmCall) -> Any:
    """Where Azure-AsyncOperation leads, and with `monitor=true` Location."""
    if (arm.call.parameter("monitor") or "").lower() == "true":
        return get_result(arm)
    operation = _operation(arm)
    waiting = operation.status == "InProgress"
    return Reply(200, operation.view, {"Retry-After": arm.operations.retry_after} if waiting else {})


def get_result(arm: ArmCall) -> Any:
    """Where Location leads: 202 while the operation works, then its result, which has no body."""
    operation = _operation(arm)
    if operation.status == "InProgress":
        query = "&".join(f"{name}={value}" for name, value in arm.call.query)
        url = f"{arm.call.origin}{arm.call.path}?{query}"
        return Reply(202, None, {"Location": url, "Retry-After": arm.operations.retry_after})
    if operation.error is not None:
        return Reply(409, {"error": dict(operation.error)})
    return Reply(200)


def _operation(arm: ArmCall) -> Operation:
    arm.subscription()
    operation = arm.operations.status(arm.names["operation"], arm.call.now)
    if operation is None:
        raise Refusal(404, "OperationNotFound", f"There is no operation '{arm.names['operation']}'.")
    return operation
