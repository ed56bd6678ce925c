"""The values of metric math: numbers, time series and arrays of time series, and how operators join them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from moto_lmi.api.cloudwatch.math_parser import ExpressionError


@dataclass(frozen=True)
class TimeSeries:
    """Values by the epoch second at which their period begins, in the order of time."""

    points: Mapping[float, float]
    period: float
    label: str = ""
    id: str = ""

    def mapped(self, change: Callable[[float], float | None]) -> TimeSeries:
        """The series with every value changed; a value that has no result is left out."""
        changed = {moment: result for moment, value in self.points.items() if (result := change(value)) is not None}
        return TimeSeries(changed, self.period, self.label, self.id)

    def with_points(self, points: Mapping[float, float]) -> TimeSeries:
        """The same series with other points."""
        return TimeSeries(points, self.period, self.label, self.id)


@dataclass(frozen=True)
class SeriesArray:
    """Several time series, as METRICS and SEARCH give them."""

    items: tuple[TimeSeries, ...] = field(default=())


Value = float | str | TimeSeries | SeriesArray


def kind_of(value: Value) -> str:
    """The kind of a value in words."""
    if isinstance(value, str):
        return "a string"
    if isinstance(value, float):
        return "a number"
    return "a time series" if isinstance(value, TimeSeries) else "an array of time series"


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    try:
        result = left**right
    except (OverflowError, ZeroDivisionError):
        return None
    return result if isinstance(result, float) else None


def _truth(test: Callable[[float, float], bool]) -> Callable[[float, float], float]:
    return lambda left, right: 1.0 if test(left, right) else 0.0


OPERATORS: Mapping[str, Callable[[float, float], float | None]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divide,
    "^": _power,
    "==": _truth(operator.eq),
    "!=": _truth(operator.ne),
    "<": _truth(operator.lt),
    ">": _truth(operator.gt),
    "<=": _truth(operator.le),
    ">=": _truth(operator.ge),
    "and": _truth(lambda left, right: bool(left) and bool(right)),
    "or": _truth(lambda left, right: bool(left) or bool(right)),
}


def joined(sign: str, left: Value, right: Value, place: int) -> Value:
    """What an operator makes of two values. Series are joined where both have a point. Raises ExpressionError."""
    call = OPERATORS[sign]
    if isinstance(left, str) or isinstance(right, str):
        raise ExpressionError(f"{sign!r} can't be used with a string", place)
    if isinstance(left, SeriesArray) and isinstance(right, SeriesArray):
        raise ExpressionError(f"{sign!r} can't join two arrays of time series", place)
    if isinstance(left, SeriesArray):
        return SeriesArray(tuple(_series(joined(sign, item, right, place)) for item in left.items))
    if isinstance(right, SeriesArray):
        return SeriesArray(tuple(_series(joined(sign, left, item, place)) for item in right.items))
    if isinstance(left, TimeSeries) and isinstance(right, TimeSeries):
        both = {
            moment: call(value, right.points[moment]) for moment, value in left.points.items() if moment in right.points
        }
        points = {moment: value for moment, value in both.items() if value is not None}
        return TimeSeries(points, left.period, left.label, left.id)
    if isinstance(left, TimeSeries):
        number = _number(right)
        return left.mapped(lambda value: call(value, number))
    if isinstance(right, TimeSeries):
        number = _number(left)
        return right.mapped(lambda value: call(number, value))
    result = call(left, right)
    if result is None:
        raise ExpressionError(f"{left:g} {sign} {right:g} has no value", place)
    return result


def _series(value: Value) -> TimeSeries:
    assert isinstance(value, TimeSeries)
    return value


def _number(value: Value) -> float:
    assert isinstance(value, float)
    return value
