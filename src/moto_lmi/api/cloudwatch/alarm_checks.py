"""What an alarm must be like; everything else is refused before anything changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, MetricDataQuery

from moto_lmi import facts
from moto_lmi.api.cloudwatch.alarm_rules import Rule, parse_rule
from moto_lmi.api.cloudwatch.alarm_states import COMPARISONS
from moto_lmi.api.cloudwatch.math_evaluation import names_in
from moto_lmi.api.cloudwatch.math_parser import ExpressionError, parse
from moto_lmi.api.cloudwatch.queries import statistic_named

_TREATMENTS = ("breaching", "notBreaching", "ignore", "missing")
_QUICK_PERIODS = (10, 20, 30)


def check_metric_alarm(members: Mapping[str, Any]) -> None:
    """Refuse a metric alarm that could not be evaluated. Raises moto's ValidationError."""
    operator = members.get("comparison_operator")
    if operator not in COMPARISONS:
        raise _enum_error(operator, "comparisonOperator", COMPARISONS)
    treatment = members.get("treat_missing_data")
    if treatment is not None and treatment not in _TREATMENTS:
        raise _enum_error(treatment, "treatMissingData", _TREATMENTS)
    periods, to_alarm = members.get("evaluation_periods"), members.get("datapoints_to_alarm")
    if not isinstance(periods, int) or periods < 1:
        raise _refused("EvaluationPeriods", periods, "a whole number of at least 1")
    if to_alarm is not None and not 1 <= to_alarm <= periods:
        raise _refused("DatapointsToAlarm", to_alarm, f"between 1 and EvaluationPeriods, which is {periods}")
    if not isinstance(members.get("threshold"), int | float):
        raise _refused("Threshold", members.get("threshold"), "a number")
    queries = members.get("metric_data_queries") or []
    if queries:
        if members.get("metric_name"):
            raise _refused("MetricName", members["metric_name"], "left out when Metrics is there")
        _check_queries(queries)
        return
    for parameter, name in (("metric_name", "MetricName"), ("namespace", "Namespace")):
        if not members.get(parameter):
            raise _refused(name, members.get(parameter), "named, or Metrics is")
    _check_period(members.get("period"))
    if bool(members.get("statistic")) == bool(members.get("extended_statistic")):
        raise _refused("Statistic", members.get("statistic"), "there or ExtendedStatistic is, and not both")
    statistic_named(members.get("statistic") or members.get("extended_statistic") or "", "ExtendedStatistic")


def _check_queries(queries: Iterable[MetricDataQuery]) -> None:
    queries = list(queries)
    known = {query.id for query in queries}
    if sum(str(query.return_data) != "False" for query in queries) != 1:
        raise _refused("Metrics", [query.id for query in queries], "such that exactly one has ReturnData true")
    for query in queries:
        if query.metric_stat:
            _check_period(query.metric_stat.period)
            statistic_named(query.metric_stat.stat)
            continue
        try:
            parse(query.expression or "")
        except ExpressionError as exc:
            where = f" (character {exc.place})" if exc.place else ""
            sentence = facts.ours("cloudwatch_expression").format(id=query.id, problem=exc.problem, where=where)
            raise ValidationError(sentence.message) from exc
        if "SEARCH" in (query.expression or ""):
            raise _refused("Metrics", query.expression, "without SEARCH in an alarm")
        if not names_in(query.expression or "") & known - {query.id} and "METRICS" not in (query.expression or ""):
            raise _refused("Metrics", query.expression, "an expression over at least one of the other metrics")


def checked_rule(text: str, name: str, alarms: Mapping[str, Alarm]) -> Rule:
    """The rule of the composite alarm `name`. Raises moto's ValidationError for one that can't be used."""
    try:
        rule = parse_rule(text)
    except ExpressionError as exc:
        sentence = facts.ours("cloudwatch_rule").format(problem=exc.problem, place=exc.place)
        raise ValidationError(sentence.message) from exc
    for child in rule.alarms:
        if child not in alarms:
            raise _refused("AlarmRule", text, f"of alarms that are there; {child!r} is not")
        if _leads_to(child, name, alarms):
            raise _refused("AlarmRule", text, f"without a circle; {child!r} depends on {name!r}")
    return rule


def _leads_to(start: str, goal: str, alarms: Mapping[str, Alarm]) -> bool:
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name == goal:
            return True
        if name in seen or name not in alarms:
            continue
        seen.add(name)
        if alarms[name].rule is not None:
            ahead.extend(parse_rule(str(alarms[name].rule)).alarms)
    return False


def _check_period(period: Any) -> None:
    if not isinstance(period, int) or not (period in _QUICK_PERIODS or (period > 0 and period % 60 == 0)):
        raise _refused("Period", period, "10, 20, 30 or a multiple of 60 seconds")


def _refused(name: str, value: Any, rule: str) -> ValidationError:
    return ValidationError(facts.ours("cloudwatch_parameter").format(name=name, value=value, rule=rule).message)


def _enum_error(value: Any, member: str, allowed: Iterable[str]) -> ValidationError:
    return ValidationError(
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: "
        f"Member must satisfy enum value set: [{', '.join(allowed)}]"
    )
