"""How the frames of ropeway.1 are written and read."""

from __future__ import annotations

import json
import re
from typing import Any

from directions import Misuse

FRAME_PAYLOAD_BYTES_MAX = CONTROL_FRAME_BYTES_MAX = 65_536
NUMBER_MAX = 2**53 - 1

NUMBER = "(0|[1-9][0-9]{0,15})"
HEADER = re.compile(r"(?:N\.)?N(?:@N/N)?(?:~N)?:".replace("N", NUMBER).encode())
ACK_FIELDS = re.compile(r"N N(?:@N)? N N N N".replace("N", NUMBER))
SKIP_FIELDS = re.compile(r"N N N (?:expired|cancelled|superseded|dropped)".replace("N", NUMBER))
ONE_FIELD = re.compile(NUMBER)


def control(word: str, **fields: Any) -> str:
    return f"{word} {json.dumps(fields, separators=(',', ':'), ensure_ascii=False)}"


def members(text: str, **kinds: type) -> dict[str, Any]:
    """The JSON object of a control frame, which has at least these members."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    return check_members(value, **kinds)


def check_members(value: Any, **kinds: type) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Misuse("A control frame holds no JSON object")
    for name, kind in kinds.items():
        if not is_number(value.get(name)) if kind is int else not isinstance(value.get(name), kind):
            raise Misuse(f"{name} is missing or mistyped")
    return value


def is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value <= NUMBER_MAX


def numbers(fields: re.Pattern[str], text: str) -> list[int]:
    match = fields.fullmatch(text)
    if match is None:
        raise Misuse("A control frame has other fields")
    return [int(group or 0) for group in match.groups()]


def check_stream(stream: int) -> None:
    if stream != 0:
        raise Misuse("There is no stream but 0")
