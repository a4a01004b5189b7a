"""What every JSON answer is read by: an object or nothing."""

import json
from typing import Any

import httpx


def object_of(reply: httpx.Response) -> dict[str, Any]:
    """The JSON object of a body; ValueError for everything else: another value, half a letter, a nest without end."""
    try:
        answer = reply.json()
        json.dumps(answer, ensure_ascii=False).encode()  # "\\ud800" is JSON and is no text
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")  # noqa: TRY004  # as json's own refusals are
    return answer
