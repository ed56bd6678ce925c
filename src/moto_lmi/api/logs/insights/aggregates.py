"""The aggregates of `stats`: from the values of many events to one."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from moto_lmi.api.cloudwatch.statistics import percentile
from moto_lmi.api.logs.insights.functions import Value, text_of
from moto_lmi.api.logs.patterns import as_number

Rows = Sequence[tuple[Value, float]]
"""For each event the value of the aggregate's argument and the event's time in epoch milliseconds."""


@dataclass(frozen=True)
class Aggregate:
    """An aggregate and how many arguments it takes; `call` gets the rows and the value of a second argument."""

    call: Callable[[Rows, Value], Value]
    arity: tuple[int, int] = (1, 1)


def _present(rows: Rows) -> list[Value]:
    return [value for value, _ in rows if value is not None]


def _numbers(rows: Rows) -> list[float]:
    return [number for value, _ in rows if (number := as_number(value)) is not None]


def _of_numbers(call: Callable[[list[float]], float]) -> Callable[[Rows, Value], Value]:
    def wrapped(rows: Rows, second: Value) -> Value:
        numbers = _numbers(rows)
        return float(call(numbers)) if numbers else None

    return wrapped


def _pct(rows: Rows, second: Value) -> Value:
    numbers, percent = sorted(_numbers(rows)), as_number(second)
    if not numbers or percent is None or not 0 <= percent <= 100:
        return None
    return percentile([(number, 1.0) for number in numbers], percent)


def _extreme(
    pick: Callable[[list[Value]], Value], numeric: Callable[[list[float]], float]
) -> Callable[[Rows, Value], Value]:
    """The least or greatest: of numbers if all are, else of texts."""

    def wrapped(rows: Rows, second: Value) -> Value:
        values, numbers = _present(rows), _numbers(rows)
        if not values:
            return None
        return numeric(numbers) if len(numbers) == len(values) else pick(values)

    return wrapped


def _by_time(last: bool) -> Callable[[Rows, Value], Value]:
    def wrapped(rows: Rows, second: Value) -> Value:
        found = [(time, value) for value, time in rows if value is not None]
        if not found:
            return None
        return (max if last else min)(found, key=lambda item: item[0])[1]

    return wrapped


AGGREGATES: Mapping[str, Aggregate] = {
    "count": Aggregate(lambda rows, second: float(len(_present(rows))), (0, 1)),
    "count_distinct": Aggregate(lambda rows, second: float(len({text_of(value) for value in _present(rows)}))),
    "sum": Aggregate(_of_numbers(sum)),
    "avg": Aggregate(_of_numbers(lambda numbers: sum(numbers) / len(numbers))),
    "min": Aggregate(_extreme(lambda values: min(values, key=text_of), min)),
    "max": Aggregate(_extreme(lambda values: max(values, key=text_of), max)),
    "median": Aggregate(_of_numbers(statistics.median)),
    "stddev": Aggregate(_of_numbers(statistics.pstdev)),
    "pct": Aggregate(_pct, (2, 2)),
    "earliest": Aggregate(_by_time(last=False)),
    "latest": Aggregate(_by_time(last=True)),
    "sortsfirst": Aggregate(lambda rows, second: min(_present(rows), key=text_of, default=None)),
    "sortslast": Aggregate(lambda rows, second: max(_present(rows), key=text_of, default=None)),
}
