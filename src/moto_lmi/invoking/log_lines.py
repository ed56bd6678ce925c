"""A record of the data plane as a line of a function's log: JSON as on managed instances, or default Lambda's text."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto_lmi.runtime import LogRecord, knowledge

if TYPE_CHECKING:
    from moto_lmi.functions import Function

_LEVELS = ("DEBUG", "INFO", "WARN")


def lines_of(record: LogRecord, at: datetime, version: Function, init_ms: float | None) -> list[str]:
    """The lines that the record is in the log of the version; none for an event below its SystemLogLevel.

    `at` is the virtual time of the record; `init_ms` how long the environment took to start, on its first report.
    """
    if isinstance(record.record, str):
        return [record.record]
    if not version.is_managed and version.logging.get("LogFormat", "Text") == "Text":
        return _text(record, version, init_ms)
    if _LEVELS.index(_level(record)) < _LEVELS.index(version.logging.get("SystemLogLevel", "INFO")):
        return []
    return [json.dumps(replace(record, time=at).event())]


def _level(record: LogRecord) -> str:
    """The level of a platform event: that of a failure is WARN."""
    levels: dict[str, str] = knowledge.value("telemetry.levels")
    return "WARN" if record.record.get("status", "success") != "success" else levels.get(record.kind, "INFO")


def _text(record: LogRecord, version: Function, init_ms: float | None) -> list[str]:
    """START, END and REPORT of default Lambda. The memory that was used isn't measured, and isn't told."""
    request_id = record.request_id
    if record.kind == "platform.start":
        return [f"START RequestId: {request_id} Version: {version.version}"]
    if record.kind != "platform.report":
        return []
    fields: dict[str, Any] = record.record
    duration: float = fields["metrics"]["durationMs"]
    parts = [
        f"REPORT RequestId: {request_id}",
        f"Duration: {duration:.2f} ms",
        f"Billed Duration: {math.ceil(duration)} ms",
        f"Memory Size: {version.memory_size} MB",
    ]
    if init_ms is not None:
        parts.append(f"Init Duration: {init_ms:.2f} ms")
    if fields["status"] != "success":
        parts += [f"Status: {fields['status']}", f"Error Type: {fields['errorType']}"]
    return [f"END RequestId: {request_id}", "\t".join(parts)]
