"""What should not be: an exception that is none of ours."""

from __future__ import annotations

from ..errors import InternalError


def defect(exc: Exception) -> InternalError:
    """One of ours in its place. The type only: the text of a foreign exception may hold anything."""
    return InternalError(
        f"a defect in pybridge: {type(exc).__name__} in {_place(exc)}",
        remedy="Please report it with the command that you ran.",
    )


def _place(exc: BaseException) -> str:
    """The module and line in which an exception was raised."""
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "?" if trace is None else f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
