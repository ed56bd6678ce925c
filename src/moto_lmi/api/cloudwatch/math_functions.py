"""The functions of metric math that give a number, a series or an array from others.

ABS CEIL FLOOR LOG LOG10 · AVG MAX MIN SUM STDDEV · DATAPOINT_COUNT FIRST LAST METRIC_COUNT PERIOD · DIFF DIFF_TIME RATE
RUNNING_SUM · FILL IF REMOVE_EMPTY SLICE SORT TIME_SERIES · EPOCH MINUTE HOUR DAY DATE MONTH YEAR. METRICS and SEARCH,
which look beyond their arguments, are in `math_evaluation`. Not there: ANOMALY_DETECTION_BAND, DB_PERF_INSIGHTS,
INSIGHT_RULE_METRIC, LAMBDA and SERVICE_QUOTA.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from moto_lmi.api.cloudwatch.math_parser import ExpressionError
from moto_lmi.api.cloudwatch.math_values import SeriesArray, TimeSeries, Value, kind_of

Moments = Callable[[float], Sequence[float]]
"""The epoch seconds at which the periods of the given length begin, within the request."""


def call(name: str, arguments: Sequence[Value], moments: Moments, place: int) -> Value:
    """What the function gives for the arguments. Raises ExpressionError."""
    if name in _EACH_VALUE:
        change = _EACH_VALUE[name]
        return _each(name, _only(name, arguments, place), lambda series: series.mapped(change), change, place)
    if name in _REDUCED:
        return _reduced(name, _only(name, arguments, place), place)
    if name in _EACH_SERIES:
        return _each(name, _only(name, arguments, place), _EACH_SERIES[name], None, place)
    if name in _TO_NUMBER:
        value = _only(name, arguments, place)
        if not isinstance(value, TimeSeries):
            raise ExpressionError(f"{name} takes a time series, not {kind_of(value)}", place)
        return _TO_NUMBER[name](value)
    if name in _SPECIAL:
        return _SPECIAL[name](arguments, moments, place)
    raise ExpressionError(f"there is no function {name}", place)


def _only(name: str, arguments: Sequence[Value], place: int) -> Value:
    if len(arguments) != 1:
        raise ExpressionError(f"{name} takes one argument, not {len(arguments)}", place)
    return arguments[0]


def _each(
    name: str,
    value: Value,
    on_series: Callable[[TimeSeries], TimeSeries],
    on_number: Callable[[float], float | None] | None,
    place: int,
) -> Value:
    if isinstance(value, TimeSeries):
        return on_series(value)
    if isinstance(value, SeriesArray):
        return SeriesArray(tuple(on_series(item) for item in value.items))
    if isinstance(value, float) and on_number is not None:
        result = on_number(value)
        if result is not None:
            return result
    raise ExpressionError(f"{name} can't take {kind_of(value)}", place)


def _logarithm(base: Callable[[float], float]) -> Callable[[float], float | None]:
    return lambda value: base(value) if value > 0 else None


_EACH_VALUE: Mapping[str, Callable[[float], float | None]] = {
    "ABS": abs,
    "CEIL": lambda value: float(math.ceil(value)),
    "FLOOR": lambda value: float(math.floor(value)),
    "LOG": _logarithm(math.log),
    "LOG10": _logarithm(math.log10),
}

_REDUCED: Mapping[str, Callable[[Sequence[float]], float]] = {
    "AVG": lambda values: sum(values) / len(values),
    "MAX": max,
    "MIN": min,
    "SUM": sum,
    "STDDEV": lambda values: statistics.pstdev(values),
}


def _reduced(name: str, value: Value, place: int) -> Value:
    """A number from a series; a series from an array, point by point."""
    reduce = _REDUCED[name]
    if isinstance(value, TimeSeries):
        if not value.points:
            raise ExpressionError(f"{name} of a time series without points has no value", place)
        return float(reduce(list(value.points.values())))
    if isinstance(value, SeriesArray):
        moments = sorted({moment for series in value.items for moment in series.points})
        points = {
            moment: float(reduce([series.points[moment] for series in value.items if moment in series.points]))
            for moment in moments
        }
        return TimeSeries(points, value.items[0].period if value.items else 0.0)
    raise ExpressionError(f"{name} takes time series, not {kind_of(value)}", place)


# --- series to series --------------------------------------------------------------------------------------------------


def _changes(series: TimeSeries, change: Callable[[float, float, float], float]) -> TimeSeries:
    """From each pair of neighbours a value at the time of the later one; `change` gets seconds, before and after."""
    pairs = pairwise(series.points.items())
    return series.with_points({now: change(now - then, before, after) for (then, before), (now, after) in pairs})


def _running_sum(series: TimeSeries) -> TimeSeries:
    total, points = 0.0, {}
    for moment, value in series.points.items():
        total += value
        points[moment] = total
    return series.with_points(points)


def _by_time(part: Callable[[datetime], int]) -> Callable[[TimeSeries], TimeSeries]:
    return lambda series: series.with_points(
        {moment: float(part(datetime.fromtimestamp(moment, UTC))) for moment in series.points}
    )


_EACH_SERIES: Mapping[str, Callable[[TimeSeries], TimeSeries]] = {
    "DIFF": lambda series: _changes(series, lambda seconds, before, after: after - before),
    "DIFF_TIME": lambda series: _changes(series, lambda seconds, before, after: seconds),
    "RATE": lambda series: _changes(series, lambda seconds, before, after: (after - before) / seconds),
    "RUNNING_SUM": _running_sum,
    "EPOCH": lambda series: series.with_points({moment: moment for moment in series.points}),
    "MINUTE": _by_time(lambda moment: moment.minute),
    "HOUR": _by_time(lambda moment: moment.hour),
    "DAY": _by_time(lambda moment: moment.isoweekday()),
    "DATE": _by_time(lambda moment: moment.day),
    "MONTH": _by_time(lambda moment: moment.month),
    "YEAR": _by_time(lambda moment: moment.year),
}

_TO_NUMBER: Mapping[str, Callable[[TimeSeries], float]] = {
    "PERIOD": lambda series: float(series.period),
    "DATAPOINT_COUNT": lambda series: float(len(series.points)),
}


# --- functions with rules of their own ---------------------------------------------------------------------------------


def _metric_count(arguments: Sequence[Value], moments: Moments, place: int) -> Value:
    value = _only("METRIC_COUNT", arguments, place)
    if not isinstance(value, SeriesArray):
        raise ExpressionError(f"METRIC_COUNT takes an array, not {kind_of(value)}", place)
    return float(len(value.items))


def _end(first: bool) -> Callable[[Sequence[Value], Moments, int], Value]:
    def pick(arguments: Sequence[Value], moments: Moments, place: int) -> Value:
        name = "FIRST" if first else "LAST"
        value = _only(name, arguments, place)
        if isinstance(value, SeriesArray):
            if not value.items:
                return TimeSeries({}, 0.0)
            return value.items[0 if first else -1]
        raise ExpressionError(f"{name} takes an array, not {kind_of(value)}", place)

    return pick


def _fill(arguments: Sequence[Value], moments: Moments, place: int) -> Value:
    if len(arguments) != 2:
        raise ExpressionError(f"FILL takes two arguments, not {len(arguments)}", place)
    value, filler = arguments
    return _each("FILL", value, lambda series: _filled(series, filler, moments(series.period), place), None, place)


def _filled(series: TimeSeries, filler: Value, moments: Iterable[float], place: int) -> TimeSeries:
    wanted = sorted({*moments, *series.points})
    if isinstance(filler, float):
        return series.with_points({moment: series.points.get(moment, filler) for moment in wanted})
    if isinstance(filler, TimeSeries):
        sources = (series.points, filler.points)
        points = {
            moment: next(item[moment] for item in sources if moment in item)
            for moment in wanted
            if any(moment in item for item in sources)
        }
        return series.with_points(points)
    known = list(series.points)
    if filler == "REPEAT":
        points, last = {}, None
        for moment in wanted:
            last = series.points.get(moment, last)
            if last is not None:
                points[moment] = last
        return series.with_points(points)
    if filler == "LINEAR":
        points = dict(series.points)
        for before, after in pairwise(known):
            for moment in wanted:
                if before < moment < after:
                    share = (moment - before) / (after - before)
                    points[moment] = series.points[before] * (1 - share) + series.points[after] * share
        return series.with_points(dict(sorted(points.items())))
    raise ExpressionError("FILL takes a number, a time series, REPEAT or LINEAR as its filler", place)


def _if(arguments: Sequence[Value], moments: Moments, place: int) -> Value:
    if len(arguments) not in (2, 3):
        raise ExpressionError(f"IF takes two or three arguments, not {len(arguments)}", place)
    condition, then, *others = arguments
    for value in arguments:
        if isinstance(value, str | SeriesArray):
            raise ExpressionError(f"IF can't take {kind_of(value)}", place)
    if isinstance(condition, float):
        if condition:
            return then
        return others[0] if others else TimeSeries({}, 0.0)
    assert isinstance(condition, TimeSeries)
    points = {}
    for moment, test in condition.points.items():
        chosen: Value | None = then if test else (others[0] if others else None)
        if isinstance(chosen, float):
            points[moment] = chosen
        elif isinstance(chosen, TimeSeries) and moment in chosen.points:
            points[moment] = chosen.points[moment]
    return condition.with_points(points)


def _remove_empty(arguments: Sequence[Value], moments: Moments, place: int) -> Value:
    value = _only("REMOVE_EMPTY", arguments, place)
    if isinstance(value, SeriesArray):
        return SeriesArray(tuple(item for item in value.items if item.points))
    raise ExpressionError(f"REMOVE_EMPTY takes an array, not {kind_of(value)}", place)


def _slice(arguments: Sequence[Value], moments: Moments, place: int) -> Value:
    if len(arguments) not in (2, 3) or not isinstance(arguments[0], SeriesArray):
        raise ExpressionError("SLICE takes an array and one or two numbers", place)
    bounds = [int(bound) for bound in arguments[1:] if isinstance(bound, float)]
    if len(bounds) != len(arguments) - 1:
        raise ExpressionError("SLICE takes an array and one or two numbers", place)
    items = arguments[0].items
    return SeriesArray(items[bounds[0] :] if len(bounds) == 1 else items[bounds[0] : bounds[1]])


def _sort(arguments: Sequence[Value], moments: Moments, place: int) -> Value:
    form = "SORT takes an array, one of AVG MIN MAX SUM, ASC or DESC, and at most a number of series"
    if len(arguments) not in (3, 4) or not isinstance(arguments[0], SeriesArray):
        raise ExpressionError(form, place)
    by, order = arguments[1], arguments[2]
    if by not in ("AVG", "MIN", "MAX", "SUM") or order not in ("ASC", "DESC"):
        raise ExpressionError(form, place)
    reduce = _REDUCED[str(by)]
    items = [item for item in arguments[0].items if item.points]
    items.sort(key=lambda item: reduce(list(item.points.values())), reverse=order == "DESC")
    if len(arguments) == 4:
        if not isinstance(arguments[3], float):
            raise ExpressionError(form, place)
        items = items[: int(arguments[3])]
    return SeriesArray(tuple(items))


def _time_series(arguments: Sequence[Value], moments: Moments, place: int) -> Value:
    value = _only("TIME_SERIES", arguments, place)
    if not isinstance(value, float):
        raise ExpressionError(f"TIME_SERIES takes a number, not {kind_of(value)}", place)
    return TimeSeries(dict.fromkeys(moments(0.0), value), 0.0)


_SPECIAL: Mapping[str, Callable[[Sequence[Value], Moments, int], Value]] = {
    "METRIC_COUNT": _metric_count,
    "FIRST": _end(True),
    "LAST": _end(False),
    "FILL": _fill,
    "IF": _if,
    "REMOVE_EMPTY": _remove_empty,
    "SLICE": _slice,
    "SORT": _sort,
    "TIME_SERIES": _time_series,
}


def names() -> list[str]:
    """Every function that `call` knows."""
    return [*_EACH_VALUE, *_REDUCED, *_EACH_SERIES, *_TO_NUMBER, *_SPECIAL]
