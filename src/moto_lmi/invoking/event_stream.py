"""Messages of `application/vnd.amazon.eventstream`, in which InvokeWithResponseStream answers.

total length, length of the headers, CRC of the two | headers | payload | CRC of all      (numbers of four bytes)
"""

from __future__ import annotations

import json
import struct
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto_lmi.runtime import FunctionError, Lost

CONTENT_TYPE = "application/vnd.amazon.eventstream"
_TEXT = 7  # the type of a header's value


def chunk(data: bytes) -> bytes:
    """A PayloadChunk event."""
    return _message("PayloadChunk", "application/octet-stream", data)


def complete(error: FunctionError | Lost | None) -> bytes:
    """The InvokeComplete event, with what cut the response short."""
    document = (
        {}
        if error is None
        else {"ErrorCode": error.error_type, "ErrorDetails": error.payload.decode("utf-8", "replace")}
    )
    return _message("InvokeComplete", "application/json", json.dumps(document).encode())


def _message(event_type: str, content_type: str, payload: bytes) -> bytes:
    headers = b"".join(
        _header(name, text)
        for name, text in ((":message-type", "event"), (":event-type", event_type), (":content-type", content_type))
    )
    prelude = struct.pack("!II", 16 + len(headers) + len(payload), len(headers))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + headers + payload
    return message + struct.pack("!I", zlib.crc32(message))


def _header(name: str, text: str) -> bytes:
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", _TEXT, len(text)) + text.encode()
