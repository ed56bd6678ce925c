"""What a function gives, as the answer of its URL."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from moto_lmi.invoking.chunked import send_chunks

if TYPE_CHECKING:
    from moto_lmi.runtime import Stream
    from moto_lmi.runtime.http import Connection

_PRELUDE_END = bytes(8)
_LONGEST_PRELUDE = 64 * 1024
_WITH_PRELUDE = "application/vnd.awslambda.http-integration-response"


def forbidden(connection: Connection) -> None:
    """The answer to who may not, and of an id that nobody has."""
    connection.respond_json(403, {"Message": "Forbidden"}, {"x-amzn-ErrorType": "AccessDeniedException"})


def throttled(connection: Connection) -> None:
    """The answer to a request that is throttled."""
    connection.respond_json(429, {"Message": "Too Many Requests"}, {"x-amzn-ErrorType": "TooManyRequestsException"})


def failed(connection: Connection) -> None:
    """The answer when the function failed: its error is in its log alone."""
    connection.respond_json(
        502, {"Message": "Internal Server Error"}, {"x-amzn-ErrorType": "InternalServerErrorException"}
    )


def translate(connection: Connection, payload: bytes, headers: dict[str, str]) -> None:
    """Answer with what a buffered function gave: an object with a statusCode, or anything else as the body."""
    try:
        document: Any = json.loads(payload)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "statusCode" not in document:
        text = document.encode() if isinstance(document, str) else payload
        connection.respond(200, {"Content-Type": "application/json", **headers}, text)
        return
    try:
        status = int(document["statusCode"])
        body = document.get("body") or ""
        content = body if isinstance(body, str) else json.dumps(body)
        data = base64.b64decode(content) if document.get("isBase64Encoded") else content.encode()
        named = _headers(document)
    except (ValueError, TypeError, AttributeError):
        failed(connection)
        return
    lines = [f"HTTP/1.1 {status} \r\n", *(f"{name}: {text}\r\n" for name, text in [*named, *headers.items()])]
    connection.finish("".join(lines).encode("latin-1", "replace") + b"Content-Length: %d\r\n\r\n" % len(data) + data)


def _headers(document: dict[str, Any]) -> list[tuple[str, str]]:
    """The headers and cookies that a function named; line ends in them would end the head."""
    given = {str(name): _one_line(text) for name, text in (document.get("headers") or {}).items()}
    if not any(name.lower() == "content-type" for name in given):
        given["Content-Type"] = "application/json"
    cookies = [("Set-Cookie", _one_line(cookie)) for cookie in document.get("cookies") or ()]
    left_out = ("content-length", "transfer-encoding", "connection")
    return [(name, text) for name, text in given.items() if name.lower() not in left_out] + cookies


def _one_line(text: object) -> str:
    return str(text).replace("\r", " ").replace("\n", " ")


async def write_stream(connection: Connection, stream: Stream, headers: dict[str, str]) -> None:
    """Answer with a stream while it is written.

    One of AWS's integration type begins with a prelude, status and headers as JSON, that ends with eight zero bytes.
    """
    status, named, first = 200, [("Content-Type", stream.content_type)], b""
    if stream.content_type == _WITH_PRELUDE:
        async for piece in stream:
            first += piece
            if _PRELUDE_END in first or len(first) > _LONGEST_PRELUDE:
                break
        prelude, _, first = first.partition(_PRELUDE_END)
        try:
            document = json.loads(prelude)
            status, named = int(document.get("statusCode", 200)), _headers(document)
        except (ValueError, TypeError, AttributeError):
            stream.close()
            failed(connection)
            return
    await send_chunks(connection, status, [*named, *headers.items()], stream, first=first)
