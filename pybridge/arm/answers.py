"""What ARM's answers hold. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..errors import MalformedError
from ..models import HttpResponse


class ArmAnswer(NamedTuple):
    """An answer of ARM that is not a refusal.

    Attributes:
        status: 200 to 299.
        headers: As they came; read one with `header`, which ignores case.
        body: Its JSON; None where the answer is empty.
        request_id: What Microsoft's support asks for.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    request_id: str | None

    def header(self, name: str) -> str | None:
        """The value of a header, whatever its case, or None."""
        return HttpResponse(self.status, self.headers).header(name)

    @property
    def etag(self) -> str | None:
        """The version of the resource, for If-Match; None where the resource has none."""
        in_body = self.body.get("etag") if isinstance(self.body, dict) else None
        return self.header("ETag") or (in_body if isinstance(in_body, str) and in_body else None)


def arm_answer(response: HttpResponse, path: str) -> ArmAnswer:
    """The answer to a request at that path.

    Raises:
        MalformedError: There is a body, and it is not JSON.
    """
    body = json_value(response, path) if response.body.strip() else None
    return ArmAnswer(response.status, response.headers, body, response.header("x-ms-request-id"))


def json_value(response: HttpResponse, path: str) -> Any:
    """The JSON of an answer.

    Raises:
        MalformedError: It is none.
    """
    try:
        return json.loads(response.body)
    except (ValueError, RecursionError) as exc:
        raise MalformedError(f"ARM's answer for {path} is not JSON", target=path) from exc


def json_object(value: Any, path: str) -> dict[str, Any]:
    """The value, if it is a JSON object.

    Raises:
        MalformedError: It is something else.
    """
    if not isinstance(value, dict):
        raise MalformedError(f"ARM's answer for {path} is not a JSON object", target=path)
    return value
