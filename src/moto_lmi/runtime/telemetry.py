"""The Telemetry API of one environment: what happened there, as records, for the log and for extensions that subscribe.

The records are those that managed instances are documented to send (schema 2025-01-29): no platform.runtimeDone, no
billed duration, no memory used. Subscribers get batches by HTTP, or lines by TCP, on the environment's own address.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from moto_lmi.runtime import knowledge
from moto_lmi.runtime.extensions import Extension, Extensions
from moto_lmi.runtime.http import Body, Collect, Request
from moto_lmi.runtime.model import LogRecord

_CATEGORIES = ("platform", "function", "extension")
_HOSTS = ("sandbox.localdomain", "sandbox")
_SEND_LIMIT_S = 5.0
_SLOW = "Some logs were dropped because the downstream consumer is slower than the logs production rate"


@dataclass(frozen=True)
class _Buffering:
    max_items: int = 10_000
    max_bytes: int = 262_144
    timeout_ms: int = 1_000


@dataclass(frozen=True)
class _Subscription:
    """A subscription request that was found right."""

    categories: frozenset[str]
    buffering: _Buffering
    port: int
    tcp: bool


class Telemetry:
    """Takes the records of one environment and passes them on."""

    def __init__(self, sink: Callable[[LogRecord], None], loop: asyncio.AbstractEventLoop) -> None:
        """`sink` gets every record, in order, in the data plane's loop."""
        self._sink, self._loop = sink, loop
        self._subscribers: list[_Subscriber] = []
        self._closed = False

    def emit(self, kind: str, record: Any, request_id: str = "") -> None:
        """Something happened now."""
        item = LogRecord(datetime.now(UTC), kind, record, request_id)
        self._sink(item)
        category = kind.partition(".")[0]
        for subscriber in self._subscribers:
            if category in subscriber.subscription.categories:
                subscriber.add(item)

    def close_subscription(self) -> None:
        """Initialization is over: nobody can subscribe any more."""
        self._closed = True

    async def flush(self) -> None:
        """Send what has been kept back."""
        for subscriber in self._subscribers:
            await subscriber.flush()

    def stop(self) -> None:
        """Send no more."""
        for subscriber in self._subscribers:
            subscriber.stop()
        self._subscribers.clear()

    def subscribe(self, request: Request, extensions: Extensions) -> Body:
        """PUT /telemetry."""
        extension = extensions.identify(request)
        if not isinstance(extension, Extension):
            return extension

        def complete(body: bytes | None, _trailers: Mapping[str, str]) -> None:
            if self._closed:
                words = "Telemetry API subscription is closed"
                request.connection.refuse(403, "Telemetry.SubscriptionClosed", words)
                return
            subscription = _parse(body)
            if isinstance(subscription, str):
                request.connection.refuse(400, "ValidationError", subscription)
                return
            self._subscribers.append(_Subscriber(subscription, self._loop, self._dropped))
            request.connection.respond(200, {"Content-Type": "application/json"}, b'"OK"')
            types = sorted(subscription.categories)
            record = {"name": extension.name, "state": "Subscribed", "types": types}
            self.emit("platform.telemetrySubscription", record)

        return Collect(knowledge.value("limits.api_body_bytes"), complete)

    def _dropped(self, records: int, size: int, reason: str) -> None:
        self.emit("platform.logsDropped", {"droppedRecords": records, "droppedBytes": size, "reason": reason})


class _Subscriber:
    """One subscription: a batch that is filled, and at most one that is on its way."""

    def __init__(
        self, subscription: _Subscription, loop: asyncio.AbstractEventLoop, dropped: Callable[[int, int, str], None]
    ) -> None:
        self.subscription = subscription
        self._loop, self._dropped = loop, dropped
        self._batch: list[bytes] = []
        self._size = 0
        self._timer: asyncio.TimerHandle | None = None
        self._sending: asyncio.Task[None] | None = None
        self._stopped = False

    def add(self, record: LogRecord) -> None:
        """Take a record; a batch that is full or old enough goes."""
        event = json.dumps(record.event(), ensure_ascii=False).encode()
        self._batch.append(event)
        self._size += len(event)
        buffering = self.subscription.buffering
        if len(self._batch) >= buffering.max_items or self._size >= buffering.max_bytes:
            self._go()
        elif self._timer is None:
            self._timer = self._loop.call_later(buffering.timeout_ms / 1000, self._go)

    def _go(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        batch, size = self._batch, self._size
        self._batch, self._size = [], 0
        if not batch or self._stopped:
            return
        if self._sending is not None and not self._sending.done():
            # Said a moment later: the loss is a record too, and must not come in the middle of this one.
            self._loop.call_soon(self._dropped, len(batch), size, _SLOW)
            return
        self._sending = self._loop.create_task(self._send(batch, size))

    async def _send(self, batch: list[bytes], size: int) -> None:
        try:
            async with asyncio.timeout(_SEND_LIMIT_S):
                await (self._send_lines(batch) if self.subscription.tcp else self._post(batch))
        except (OSError, TimeoutError, ValueError) as exc:
            if not self._stopped:
                self._dropped(len(batch), size, f"could not send events: {exc or type(exc).__name__}")

    async def _send_lines(self, batch: list[bytes]) -> None:
        _reader, writer = await asyncio.open_connection("127.0.0.1", self.subscription.port)
        try:
            writer.write(b"\n".join(batch) + b"\n")
            await writer.drain()
        finally:
            writer.close()
            await writer.wait_closed()

    async def _post(self, batch: list[bytes]) -> None:
        body = b"[" + b",".join(batch) + b"]"
        sequence = base64.b64encode(hashlib.sha256(body).digest()).decode()
        head = (
            f"POST / HTTP/1.1\r\nHost: {_HOSTS[0]}:{self.subscription.port}\r\nContent-Type: application/json\r\n"
            f"Sequence-Id: {sequence}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        reader, writer = await asyncio.open_connection("127.0.0.1", self.subscription.port)
        try:
            writer.write(head.encode() + body)
            await writer.drain()
            status = (await reader.readline()).split(b" ")
            if len(status) < 2 or not status[1].isdigit() or int(status[1]) >= 400:
                raise ValueError(f"the extension answered {b' '.join(status).decode('latin-1').strip()!r}")
        finally:
            writer.close()
            await writer.wait_closed()

    async def flush(self) -> None:
        """Send what is there, and wait until it has gone."""
        if self._sending is not None:
            await asyncio.wait([self._sending])
        self._go()
        if self._sending is not None:
            await asyncio.wait([self._sending])

    def stop(self) -> None:
        """Send no more."""
        self._stopped = True
        if self._timer is not None:
            self._timer.cancel()
        if self._sending is not None:
            self._sending.cancel()


def _parse(body: bytes | None) -> _Subscription | str:
    """The subscription in a request's body, or what is wrong with it."""
    try:
        request = json.loads(body or b"")
    except (ValueError, RecursionError):
        return "failed to parse JSON"
    if not isinstance(request, dict):
        return "the subscription must be a JSON object"
    if request.get("schemaVersion") != knowledge.value("telemetry.schema_version"):
        return f"schemaVersion must be {knowledge.value('telemetry.schema_version')!r} on managed instances"
    types = request.get("types")
    if not isinstance(types, list) or not types or any(item not in _CATEGORIES for item in types):
        return f"types must name at least one of {', '.join(_CATEGORIES)}"
    buffering = _parse_buffering(request.get("buffering", {}))
    if isinstance(buffering, str):
        return buffering
    destination = _parse_destination(request.get("destination"))
    if isinstance(destination, str):
        return destination
    return _Subscription(frozenset(types), buffering, *destination)


def _parse_buffering(given: Any) -> _Buffering | str:
    if not isinstance(given, dict):
        return "buffering must be a JSON object"
    ranges = {"maxItems": (1000, 10_000), "maxBytes": (262_144, 1_048_576), "timeoutMs": (25, 30_000)}
    for name, (lowest, highest) in ranges.items():
        number = given.get(name, lowest)
        if not isinstance(number, int) or isinstance(number, bool) or not lowest <= number <= highest:
            return f"buffering.{name} must be an integer in {lowest}..{highest}"
    usual = _Buffering()
    return _Buffering(
        given.get("maxItems", usual.max_items),
        given.get("maxBytes", usual.max_bytes),
        given.get("timeoutMs", usual.timeout_ms),
    )


def _parse_destination(given: Any) -> tuple[int, bool] | str:
    """Port, and whether it speaks TCP alone."""
    if not isinstance(given, dict):
        return "destination must be a JSON object"
    if given.get("protocol") == "TCP":
        port = given.get("port")
        if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= 65_535:
            return "destination.port must be an integer in 1..65535"
        return port, True
    if given.get("protocol") != "HTTP":
        return "destination.protocol must be HTTP or TCP"
    try:
        address = urlsplit(given.get("URI") if isinstance(given.get("URI"), str) else "")
        host, number = address.hostname, address.port or 80
    except ValueError:
        return "could not parse destination.URI"
    return (number, False) if host in _HOSTS else f"destination.URI host must be {_HOSTS[0]}"
