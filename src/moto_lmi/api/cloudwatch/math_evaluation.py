"""Metric math over the queries of one request. moto 5.2.5 answers with an empty result to anything but another id."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from moto_lmi.api.cloudwatch import math_functions
from moto_lmi.api.cloudwatch.math_parser import Array, Call, ExpressionError, Name, Node, Number, Text, parse
from moto_lmi.api.cloudwatch.math_values import OPERATORS, SeriesArray, TimeSeries, Value, joined, kind_of

Search = Callable[[str, str, float | None], SeriesArray]
"""From the text of a search, a statistic and a period in seconds to the series that were found."""

_KEYWORDS = ("REPEAT", "LINEAR", "AVG", "MIN", "MAX", "SUM", "ASC", "DESC")
_DEFAULT_PERIOD_S = 300.0


@dataclass
class Evaluation:
    """The queries of one request: metrics that have been read, expressions still to be evaluated."""

    metrics: Mapping[str, TimeSeries]
    expressions: Mapping[str, str]
    start: float
    end: float
    search: Search
    _done: dict[str, Value] = field(default_factory=dict)
    _open: list[str] = field(default_factory=list)

    def series_of(self, identifier: str) -> Sequence[TimeSeries]:
        """The time series of the expression with the id. Raises ExpressionError, also for a result that is none."""
        value = self.value_of(identifier)
        if isinstance(value, SeriesArray):
            return value.items
        if isinstance(value, TimeSeries):
            return [value]
        raise ExpressionError(f"the result is {kind_of(value)}; only time series can be returned")

    def value_of(self, identifier: str, place: int = 0) -> Value:
        """The value of the query with the id. Raises ExpressionError for an unknown id or a circle."""
        if identifier in self.metrics:
            return self.metrics[identifier]
        if identifier not in self.expressions:
            raise ExpressionError(f"there is no query with the id {identifier!r}", place)
        if identifier not in self._done:
            if identifier in self._open:
                circle = " → ".join([*self._open[self._open.index(identifier) :], identifier])
                raise ExpressionError(f"the expressions form a circle: {circle}", place)
            self._open.append(identifier)
            self._done[identifier] = self._evaluated(parse(self.expressions[identifier]))
            self._open.pop()
        return self._done[identifier]

    def moments(self, period: float) -> list[float]:
        """Where the periods of the request begin; a period of 0 is the shortest of its metrics."""
        seconds = period or min((series.period for series in self.metrics.values()), default=_DEFAULT_PERIOD_S)
        return [self.start + step * seconds for step in range(int(-(-(self.end - self.start) // seconds)))]

    def _evaluated(self, node: Node) -> Value:
        if isinstance(node, Number | Text):
            return node.value
        if isinstance(node, Name):
            if node.value.upper() in _KEYWORDS and node.value not in {*self.metrics, *self.expressions}:
                return node.value.upper()
            return self.value_of(node.value, node.place)
        if isinstance(node, Array):
            return SeriesArray(tuple(series for item in node.items for series in self._as_series(item, node.place)))
        return self._called(node)

    def _as_series(self, node: Node, place: int) -> tuple[TimeSeries, ...]:
        value = self._evaluated(node)
        if isinstance(value, TimeSeries):
            return (value,)
        if isinstance(value, SeriesArray):
            return value.items
        raise ExpressionError(f"an array holds time series, not {kind_of(value)}", place)

    def _called(self, node: Call) -> Value:
        if node.function == "METRICS":
            return self._all_metrics(node)
        arguments = [self._evaluated(argument) for argument in node.arguments]
        if node.function == "SEARCH":
            return self._found(arguments, node.place)
        if node.function in OPERATORS:
            return joined(node.function, arguments[0], arguments[1], node.place)
        if node.function == "negate":
            return joined("-", 0.0, arguments[0], node.place)
        if node.function in ("AVG", "MAX", "MIN", "SUM") and len(arguments) > 1:
            # Several series as arguments are an array, as in SUM(m1, m2)'s documented form SUM([m1, m2]).
            raise ExpressionError(f"{node.function} takes one argument; put several into brackets", node.place)
        return math_functions.call(node.function, arguments, self.moments, node.place)

    def _all_metrics(self, node: Call) -> SeriesArray:
        part = ""
        if node.arguments:
            first = self._evaluated(node.arguments[0])
            if len(node.arguments) > 1 or not isinstance(first, str):
                raise ExpressionError("METRICS takes at most a string", node.place)
            part = first
        return SeriesArray(tuple(series for key, series in self.metrics.items() if part in key))

    def _found(self, arguments: Sequence[Value], place: int) -> SeriesArray:
        form = "SEARCH takes a search, a statistic and at most a period in seconds"
        if len(arguments) not in (2, 3):
            raise ExpressionError(form, place)
        text, statistic, period = arguments[0], arguments[1], arguments[2] if len(arguments) == 3 else None
        if not isinstance(text, str) or not isinstance(statistic, str) or isinstance(period, str):
            raise ExpressionError(form, place)
        if period is not None and not (isinstance(period, float) and period > 0):
            raise ExpressionError("the period of a SEARCH is a number of seconds above 0", place)
        return self.search(text, statistic, period)


def names_in(expression: str) -> set[str]:
    """The words of an expression that may be ids of other queries."""
    return set(re.findall(r"[a-z][A-Za-z0-9_]*", expression))
