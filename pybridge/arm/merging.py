"""Read, merge, write: a change that rests on what is there now, and never drops what another has added.

With an ETag the write says which state it rests on (If-Match), and ARM refuses it (412) where that is no longer the
state: then all is done anew on the new one. Resources without an ETag have no such guard. For them, the state is read
once more right before the write, which must not have changed meanwhile, and once after it: `merge` must want nothing
there that it did not want of ARM's own answer to the write. What remains is the instant between the second reading and
the write: what another adds just then is lost.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ..errors import ArmError, ConflictError
from .answers import ArmAnswer, json_object
from .longrunning import Progress
from .refusals import has_changed

if TYPE_CHECKING:
    from .client import ArmClient

#: How often it is tried, and the seconds before each further attempt.
_PAUSES = (0.0, 1.0, 2.0, 4.0)


def update(
    arm: ArmClient,
    path: str,
    api_version: str,
    merge: Callable[[dict[str, Any]], dict[str, Any] | None],
    *,
    method: str,
    wait: bool,
    progress: Callable[[Progress], None] | None,
    answered: Callable[[ArmAnswer], None] | None = None,
) -> dict[str, Any]:
    """See `ArmClient.update`."""
    answers: list[ArmAnswer] = []

    def first(answer: ArmAnswer) -> None:
        answers.append(answer)
        if answered is not None:
            answered(answer)

    for pause in (*_PAUSES, None):
        read = arm.send("GET", path, api_version)
        state = json_object(read.body, path)
        body = merge(deepcopy(state))
        if body is None:
            return state
        if read.etag is not None or arm.get(path, api_version) == state:
            try:
                written = arm.change(
                    method, path, api_version, body, if_match=read.etag, wait=wait, progress=progress, answered=first
                )
            except ArmError as exc:
                if not has_changed(exc):
                    raise
            else:
                if not wait or (read.etag is not None and written):
                    return written or {}
                state = arm.get(path, api_version)
                if read.etag is not None or merge(deepcopy(state)) == _left(merge, answers[-1].body):
                    return state
        if pause is not None:
            arm.pause(pause, f"another has changed {path} meanwhile")
    raise ConflictError(
        f"{path} is changed by another each time that it is read: the change was given up after {len(_PAUSES) + 1} "
        "attempts",
        target=path,
        remedy="Find out what else changes it (its activity log tells), and try again when that has ended.",
    )


def _left(merge: Callable[[dict[str, Any]], dict[str, Any] | None], answer: Any) -> dict[str, Any] | None:
    """What `merge` wants of ARM's answer to its own write: what ARM does not take as it is sent."""
    return merge(deepcopy(answer)) if isinstance(answer, dict) and answer else None
