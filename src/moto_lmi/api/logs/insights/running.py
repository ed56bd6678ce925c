"""Running a query over the events of log groups."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cmp_to_key
from typing import Any

from moto.logs.exceptions import LogsClientError
from moto.logs.models import LogGroup, LogQuery

from moto_lmi import facts
from moto_lmi.api.logs.insights.aggregates import AGGREGATES
from moto_lmi.api.logs.insights.functions import FUNCTIONS, OPERATORS, Value, compared, like, text_of, truth
from moto_lmi.api.logs.insights.parser import parse_query
from moto_lmi.api.logs.insights.syntax import (
    Call,
    Command,
    Dedup,
    Expression,
    Field,
    Fields,
    Filter,
    Limit,
    ListOf,
    Literal,
    Parse,
    Period,
    QueryError,
    Regex,
    Sort,
    Stats,
)
from moto_lmi.api.logs.patterns import COMPARE, as_number
from moto_lmi.request_times import from_millis

Row = dict[str, Value]

_TIMES = ("@timestamp", "@ingestionTime")
_DEFAULT_FIELDS = ("@timestamp", "@message")
_MOST_RESULTS = 10_000
_MOST_DISCOVERED = 200


class MalformedQuery(LogsClientError):
    """MalformedQueryException, with AWS's location of what can't be read."""

    def __init__(self, error: QueryError) -> None:
        sentence = facts.ours("logs_query").format(problem=error.problem, start=error.start, end=error.end)
        super().__init__("MalformedQueryException", sentence.message)
        self.code = 400
        location = {"startCharOffset": error.start, "endCharOffset": error.end}
        document = {
            "__type": "MalformedQueryException",
            "message": sentence.message,
            "queryCompileError": {"location": location, "message": error.problem},
        }
        self.description = json.dumps(document)


class Query(LogQuery):
    """A query that has run. Times are epoch milliseconds. Raises MalformedQuery before anything else."""

    def __init__(
        self, query_id: str, start: int, end: int, text: str, groups: Sequence[LogGroup], created: datetime
    ) -> None:
        try:
            commands = parse_query(text)
        except QueryError as exc:
            raise MalformedQuery(exc) from exc
        self.query_id = query_id
        self.start_time = start // 1000
        self.end_time = end // 1000
        self.query = text
        self.log_group_names = [group.name for group in groups]
        self.create_time = created
        self.status = "Complete"
        rows = list(_rows(groups, start, end))
        self._scanned = len(rows)
        self._bytes = sum(len(str(row["@message"])) for row in rows)
        run = Run(commands, float(created.replace(tzinfo=UTC).timestamp() * 1000))
        self.results: list[dict[str, str]] = run.results(rows)
        self._matched = run.matched

    def to_result_json(self) -> dict[str, Any]:
        """GetQueryResults."""
        return {
            **super().to_result_json(),
            "statistics": {
                "recordsMatched": float(self._matched),
                "recordsScanned": float(self._scanned),
                "bytesScanned": float(self._bytes),
            },
            "queryLanguage": "CWLI",
        }


def _rows(groups: Iterable[LogGroup], start: int, end: int) -> Iterator[Row]:
    for group in groups:
        for stream in group.streams.values():
            for event in stream.events:
                if start <= event.timestamp <= end:
                    row: Row = {
                        "@ptr": str(event.event_id),
                        "@timestamp": float(event.timestamp),
                        "@ingestionTime": float(event.ingestion_time),
                        "@message": event.message,
                        "@logStream": stream.log_stream_name,
                        "@log": f"{group.account_id}:{group.name}",
                    }
                    row.update(discovered(event.message))
                    yield row


def discovered(message: str) -> Row:
    """The fields of a JSON event by their paths, such as `user.name` or `items.0`; at most 200, as on AWS."""
    if not message.lstrip().startswith("{"):
        return {}
    try:
        document = json.loads(message)
    except ValueError:
        return {}
    found: Row = {}
    waiting: list[tuple[str, Any]] = [("", document)]
    while waiting and len(found) < _MOST_DISCOVERED:
        path, value = waiting.pop(0)
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
        if inner is not None:
            waiting.extend((f"{path}.{name}" if path else str(name), item) for name, item in inner)
        elif value is not None:
            found[path] = value if isinstance(value, str | bool) else float(value)
    return found


class Run:
    """One run of the commands; `now` is in epoch milliseconds."""

    def __init__(self, commands: Sequence[Command], now: float) -> None:
        self.commands = commands
        self.now = now
        self.matched = 0

    def results(self, rows: list[Row]) -> list[dict[str, str]]:
        """What GetQueryResults shows, each value as text."""
        shown: list[str] = []
        times = set(_TIMES)
        sorted_by_query = grouped = False
        limit = _MOST_RESULTS
        for command in self.commands:
            if isinstance(command, Fields):
                rows = [self._with(row, command) for row in rows]
                names = [item.name for item in command.items]
                times.update(item.name for item in command.items if self._is_time(item.expression, times))
                shown = names if command.display else [*shown, *(name for name in names if name not in shown)]
            elif isinstance(command, Filter):
                rows = [row for row in rows if truth(self.value(command.condition, row))]
            elif isinstance(command, Parse):
                rows = [self._parsed(row, command) for row in rows]
            elif isinstance(command, Stats):
                if not grouped:
                    self.matched = len(rows)
                times.update(item.name for item in command.by if self._is_time(item.expression, times))
                times.update(
                    item.name
                    for item in command.items
                    if isinstance(item.expression, Call)
                    and item.expression.name in ("min", "max", "earliest", "latest")
                    and self._is_time(item.expression.arguments[0], times)
                )
                rows = self._grouped(rows, command)
                shown, grouped = [item.name for item in (*command.by, *command.items)], True
            elif isinstance(command, Sort):
                rows = self._sorted(rows, command)
                sorted_by_query = True
            elif isinstance(command, Dedup):
                rows = self._deduplicated(rows, command)
            elif isinstance(command, Limit):
                limit = min(limit, command.count)
        if not grouped:
            self.matched = len(rows)
            if not sorted_by_query:
                rows = sorted(rows, key=lambda row: as_number(row["@timestamp"]) or 0.0, reverse=True)
            shown = [*(shown or _DEFAULT_FIELDS), "@ptr"]
        return [
            {name: _shown(row[name], name in times) for name in shown if row.get(name) is not None}
            for row in rows[:limit]
        ]

    # --- commands ------------------------------------------------------------------------------------------------------

    def _with(self, row: Row, command: Fields) -> Row:
        added = {
            item.name: self.value(item.expression, row)
            for item in command.items
            if not (isinstance(item.expression, Field) and item.expression.name == item.name)
        }
        return {**row, **added} if added else row

    def _parsed(self, row: Row, command: Parse) -> Row:
        source = self.value(command.source, row)
        match = command.pattern.search(text_of(source)) if source is not None else None
        if match is None:
            return row
        return {**row, **dict(zip(command.names, match.groups(), strict=True))}

    def _grouped(self, rows: Sequence[Row], command: Stats) -> list[Row]:
        groups: dict[tuple[str, ...], tuple[Row, list[Row]]] = {}
        for row in rows:
            keys: Row = {item.name: self.value(item.expression, row) for item in command.by}
            identity = tuple("\x00" if value is None else text_of(value) for value in keys.values())
            groups.setdefault(identity, (keys, []))[1].append(row)
        if not groups and not command.by:
            groups[()] = ({}, [])
        return [
            {**keys, **{item.name: self._aggregate(item.expression, members) for item in command.items}}
            for keys, members in groups.values()
        ]

    def _aggregate(self, expression: Expression, rows: Sequence[Row]) -> Value:
        if isinstance(expression, Call) and expression.name in AGGREGATES:
            argument = expression.arguments[0] if expression.arguments else Field("*")
            every = isinstance(argument, Field) and argument.name == "*"
            values = [
                (1.0 if every else self.value(argument, row), as_number(row.get("@timestamp")) or 0.0) for row in rows
            ]
            second = self.value(expression.arguments[1], {}) if len(expression.arguments) > 1 else None
            return AGGREGATES[expression.name].call(values, second)
        if isinstance(expression, Call):
            inner = tuple(self._as_literal(self._aggregate(item, rows)) for item in expression.arguments)
            return self.value(Call(expression.name, inner, expression.start), {})
        return self.value(expression, rows[0] if rows else {})

    @staticmethod
    def _as_literal(value: Value) -> Expression:
        return Field("") if value is None else Literal(value if isinstance(value, str) else float(value))

    def _sorted(self, rows: Sequence[Row], command: Sort) -> list[Row]:
        def order(one: Row, other: Row) -> int:
            for expression, descending in command.keys:
                left, right = self.value(expression, one), self.value(expression, other)
                if (left is None) != (right is None):
                    return 1 if left is None else -1  # what is missing comes last either way
                if left is not None and compared("!=", left, right):
                    step = -1 if compared("<", left, right) else 1
                    return -step if descending else step
            return 0

        return sorted(rows, key=cmp_to_key(order))

    def _deduplicated(self, rows: Sequence[Row], command: Dedup) -> list[Row]:
        seen: set[tuple[str, ...]] = set()
        kept = []
        for row in rows:
            values = [self.value(field, row) for field in command.fields]
            if any(value is None for value in values):
                continue
            identity = tuple(text_of(value) for value in values)
            if identity not in seen:
                seen.add(identity)
                kept.append(row)
        return kept

    # --- expressions ---------------------------------------------------------------------------------------------------

    def value(self, expression: Expression, row: Row) -> Value:
        """The value of an expression for an event."""
        if isinstance(expression, Literal):
            return expression.value
        if isinstance(expression, Field):
            return row.get(expression.name)
        if isinstance(expression, Period):
            return expression.seconds
        if isinstance(expression, Regex | ListOf):
            return None
        return self._called(expression, row)

    def _called(self, call: Call, row: Row) -> Value:
        name, arguments = call.name, call.arguments
        if name == "and":
            return all(truth(self.value(item, row)) for item in arguments)
        if name == "or":
            return any(truth(self.value(item, row)) for item in arguments)
        if name == "not":
            return not truth(self.value(arguments[0], row))
        if name == "like":
            wanted = arguments[1]
            assert isinstance(wanted, Regex | Literal)
            return like(
                self.value(arguments[0], row), wanted.pattern if isinstance(wanted, Regex) else str(wanted.value)
            )
        if name == "in":
            assert isinstance(arguments[1], ListOf)
            left = self.value(arguments[0], row)
            return any(compared("=", left, self.value(item, row)) for item in arguments[1].items)
        if name == "bin" and len(arguments) == 1:
            return FUNCTIONS["bin"].call(row.get("@timestamp"), self.value(arguments[0], row))
        if name == "now":
            return self.now // 1000
        values = [self.value(item, row) for item in arguments]
        if name in COMPARE:
            return compared(name, values[0], values[1])
        return OPERATORS[name](*values) if name in OPERATORS else FUNCTIONS[name].call(*values)

    def _is_time(self, expression: Expression, times: set[str]) -> bool:
        if isinstance(expression, Field):
            return expression.name in times
        return isinstance(expression, Call) and expression.name in ("bin", "datefloor", "dateceil", "frommillis")


def _shown(value: Value, is_time: bool) -> str:
    if is_time and (number := as_number(value)) is not None:
        moment = from_millis(number)
        return moment.strftime("%Y-%m-%d %H:%M:%S.") + f"{moment.microsecond // 1000:03d}"
    return text_of(value)
