"""Alarms that evaluate, on virtual time: once a minute, every ten seconds or once an hour, as AWS says for their periods.

moto 5.2.5 never evaluates: an alarm is OK from its creation on. The windows of a minute's evaluation slide with it, as
AWS documents. AWS retrieves more points than EvaluationPeriods and doesn't publish how many: `cloudwatch.extra_points`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.exceptions import ResourceNotFound
from moto.cloudwatch.models import Alarm, CloudWatchBackend, MetricDataQuery

from moto_lmi import facts
from moto_lmi.api.cloudwatch.alarm_actions import perform
from moto_lmi.api.cloudwatch.alarm_checks import check_metric_alarm, checked_rule
from moto_lmi.api.cloudwatch.alarm_history import History
from moto_lmi.api.cloudwatch.alarm_rules import parse_rule
from moto_lmi.api.cloudwatch.alarm_states import ALARM, COMPARISONS, INSUFFICIENT_DATA, OK, WORDS, next_state
from moto_lmi.api.cloudwatch.series import DAY, HOUR, MetricKey
from moto_lmi.clock import Event, clock_for

_ACTIONS = {OK: "ok_actions", ALARM: "alarm_actions", INSUFFICIENT_DATA: "insufficient_data_actions"}


class AlarmEvaluation(CloudWatchBackend):
    """The part of the backend that holds alarms to the metrics as time passes."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.history = History()
        self._tick: Event | None = None

    # What the backend with the metrics gives.

    @property
    def now(self) -> datetime:
        """The account's virtual time, UTC."""
        raise NotImplementedError

    def alarm_points(
        self, queries: Sequence[Mapping[str, Any]], start: float, end: float, period: float
    ) -> dict[float, float]:
        """The points of queries by the beginning of their period."""
        raise NotImplementedError

    def alarm_metric_points(
        self, key: MetricKey, statistic: str, start: float, end: float, period: float, unit: str | None
    ) -> dict[float, float]:
        """The points of a metric by the beginning of their period."""
        raise NotImplementedError

    # --- what is asked -------------------------------------------------------------------------------------------------

    def put_metric_alarm(self, **members: Any) -> Alarm:  # type: ignore[override]
        """PutMetricAlarm and PutCompositeAlarm. The state of an alarm that is there already stays, as on AWS."""
        rule = members.get("rule")
        if rule is None:
            check_metric_alarm(members)
        else:
            checked_rule(rule, members["name"], self.alarms)
        name = members["name"]
        before = self.alarms.get(name)
        extended = members.pop("extended_statistic", None)  # moto refuses all but percentiles
        alarm = super().put_metric_alarm(**members)
        now = self.now.replace(tzinfo=None)
        alarm.extended_statistic = extended
        alarm.alarm_rule = rule  # type: ignore[attr-defined]
        alarm.configuration_updated_timestamp = alarm.state_updated_timestamp = now
        alarm.state_value = INSUFFICIENT_DATA
        if before is not None:
            alarm.state_value, alarm.state_reason = before.state_value, before.state_reason
            alarm.state_reason_data = before.state_reason_data
            alarm.state_updated_timestamp = before.state_updated_timestamp
        summary = f'Alarm "{name}" {"created" if before is None else "updated"}'
        self.history.add(self.now, name, rule is not None, "ConfigurationUpdate", summary, {"type": "Create"})
        self._evaluate_composites()
        self._schedule()
        return alarm

    def delete_alarms(self, alarm_names: list[str]) -> None:
        """DeleteAlarms."""
        for name in alarm_names:
            if name in self.alarms:
                composite = self.alarms[name].rule is not None
                self.history.add(self.now, name, composite, "ConfigurationUpdate", f'Alarm "{name}" deleted', {})
        super().delete_alarms(alarm_names)

    def set_alarm_state(self, alarm_name: str, reason: str, reason_data: str, state_value: str) -> None:
        """SetAlarmState; the next evaluation may change it again."""
        if alarm_name not in self.alarms:
            raise ResourceNotFound
        alarm = self.alarms[alarm_name]
        before = alarm.state_value, alarm.state_reason, alarm.state_reason_data, alarm.state_updated_timestamp
        super().set_alarm_state(alarm_name, reason, reason_data, state_value)
        alarm.state_value, alarm.state_reason, alarm.state_reason_data, alarm.state_updated_timestamp = before
        self._change_state(alarm, state_value, reason, reason_data or "{}")
        self._evaluate_composites()

    # --- as time passes ------------------------------------------------------------------------------------------------

    def _schedule(self) -> None:
        """Have the next evaluation made, at a whole minute, or at ten whole seconds if an alarm is that quick."""
        clock = clock_for(self.account_id)
        if self._tick is not None:
            clock.cancel(self._tick)
            self._tick = None
        if not any(alarm.rule is None for alarm in self.alarms.values()):
            return
        quick = any(_period(alarm) < 60 for alarm in self.alarms.values() if alarm.rule is None)
        step = 10.0 if quick else 60.0
        self._tick = clock.call_later(step - self.now.timestamp() % step, self._evaluate_due)

    def _evaluate_due(self) -> None:
        self._tick = None
        now = self.now.timestamp()
        for alarm in list(self.alarms.values()):
            if alarm.rule is None and round(now) % _evaluated_every(alarm) == 0:
                self._evaluate(alarm, now)
        self._evaluate_composites()
        self._schedule()

    def _evaluate(self, alarm: Alarm, now: float) -> None:
        period, periods = _period(alarm), int(alarm.evaluation_periods)
        slots = periods + facts.value("cloudwatch.extra_points")
        start = now - slots * period
        points = self._points(alarm, start, now, period)
        values = [points.get(start + slot * period) for slot in range(slots)]
        breaks = COMPARISONS[alarm.comparison_operator]
        threshold = float(alarm.threshold)
        breaches = [None if value is None else breaks(value, threshold) for value in values]
        to_alarm = int(alarm.datapoints_to_alarm or periods)
        state = next_state(alarm.state_value, breaches, periods, to_alarm, alarm.treat_missing_data or "missing")
        if state != alarm.state_value:
            recent = [(start + slot * period, value) for slot, value in enumerate(values) if value is not None]
            self._change_state(alarm, state, *_reason(alarm, state, recent[-periods:], to_alarm, now))

    def _points(self, alarm: Alarm, start: float, end: float, period: float) -> dict[float, float]:
        if alarm.metric_data_queries:
            queries = [_as_request(query, period) for query in alarm.metric_data_queries]
            return self.alarm_points(queries, start, end, period)
        dimensions = tuple(sorted((str(item.name), str(item.value)) for item in alarm.dimensions))
        key = MetricKey(alarm.namespace, alarm.metric_name, dimensions)
        statistic = alarm.extended_statistic or alarm.statistic
        return self.alarm_metric_points(key, statistic, start, end, period, alarm.unit)

    def _evaluate_composites(self) -> None:
        """Bring composite alarms to what their rules say, as often as one can depend on another."""
        composites = [alarm for alarm in self.alarms.values() if alarm.rule is not None]
        for _ in composites:
            changed = False
            for alarm in composites:
                state = ALARM if parse_rule(str(alarm.rule)).test(self._state_of) else OK
                if state != alarm.state_value:
                    changed = True
                    self._change_state(alarm, state, f"{alarm.rule} is {'true' if state == ALARM else 'false'}", "{}")
            if not changed:
                return

    def _state_of(self, name: str) -> str:
        alarm = self.alarms.get(name)
        return INSUFFICIENT_DATA if alarm is None else alarm.state_value

    def _change_state(self, alarm: Alarm, state: str, reason: str, reason_data: str) -> None:
        before, alarm.state_value = alarm.state_value, state
        alarm.state_reason, alarm.state_reason_data = reason, reason_data
        alarm.state_updated_timestamp = self.now.replace(tzinfo=None)
        change = {
            "version": "1.0",
            "oldState": {"stateValue": before},
            "newState": {"stateValue": state, "stateReason": reason, "stateReasonData": json.loads(reason_data)},
        }
        composite = alarm.rule is not None
        summary = f"Alarm updated from {before} to {state}"
        self.history.add(self.now, alarm.name, composite, "StateUpdate", summary, change)
        if not alarm.actions_enabled or before == state:
            return
        for action in getattr(alarm, _ACTIONS[state]):
            outcome = perform(action, alarm, before, self.account_id, self.region_name, self.now)
            self.history.add(self.now, alarm.name, composite, "Action", outcome, {"actionArn": action})


def _period(alarm: Alarm) -> float:
    """The alarm's period in seconds; with metric math that of its shortest metric."""
    if alarm.period:
        return float(alarm.period)
    periods = [query.metric_stat.period if query.metric_stat else query.period for query in alarm.metric_data_queries]
    return min((float(period) for period in periods if period), default=60.0)


def _evaluated_every(alarm: Alarm) -> int:
    """Every how many seconds the alarm is evaluated."""
    period = _period(alarm)
    if period < 60:
        return 10
    return int(HOUR) if period * int(alarm.evaluation_periods) > DAY else 60


def _as_request(query: MetricDataQuery, period: float) -> dict[str, Any]:
    """A query of an alarm as GetMetricData has it."""
    request: dict[str, Any] = {"Id": query.id, "ReturnData": str(query.return_data) != "False"}
    if query.expression:
        return {**request, "Expression": query.expression}
    assert query.metric_stat is not None
    metric = query.metric_stat.metric
    request["MetricStat"] = {
        "Metric": {
            "Namespace": metric.namespace,
            "MetricName": metric.metric_name,
            "Dimensions": [{"Name": item.name, "Value": item.value} for item in metric.dimensions],
        },
        "Period": query.metric_stat.period or period,
        "Stat": query.metric_stat.stat,
    }
    if query.metric_stat.unit:
        request["MetricStat"]["Unit"] = query.metric_stat.unit
    return request


def _reason(
    alarm: Alarm, state: str, points: Sequence[tuple[float, float]], to_alarm: int, now: float
) -> tuple[str, str]:
    """The reason of a new state in AWS's words, and its data."""
    periods = int(alarm.evaluation_periods)
    data = {
        "version": "1.0",
        "queryDate": _stamp(now),
        "period": int(_period(alarm)),
        "recentDatapoints": [value for _, value in points],
        "threshold": float(alarm.threshold),
    }
    if alarm.statistic or alarm.extended_statistic:
        data["statistic"] = alarm.extended_statistic or alarm.statistic
    missing = periods - len(points)
    if state == INSUFFICIENT_DATA:
        unknown = f"{missing} datapoint{'s were' if missing > 1 else ' was'} unknown"
        return f"Insufficient Data: {unknown}.", json.dumps(data)
    listed = ", ".join(f"{value} ({_short(moment)})" for moment, value in reversed(points))
    breaks = COMPARISONS[alarm.comparison_operator]
    words = f"{WORDS[alarm.comparison_operator]} the threshold ({float(alarm.threshold)})"
    if not points:
        treated = "breaching" if state == ALARM else "not breaching"
        reason = f"no datapoints were received for {missing} periods and {missing} missing were treated as [{treated}]"
    elif state == ALARM:
        count = sum(breaks(value, float(alarm.threshold)) for _, value in points)
        verb = "were" if count != 1 else "was"
        shape = f"{count} out of the last {periods} datapoints [{listed}] {verb} {words}"
        plural = "s" if to_alarm != 1 else ""
        reason = f"{shape} (minimum {to_alarm} datapoint{plural} for OK -> ALARM transition)"
    else:
        plural = "s" if len(points) != 1 else ""
        reason = f"{len(points)} datapoint{plural} [{listed}] {'were' if plural else 'was'} not {words}"
    return f"Threshold Crossed: {reason}.", json.dumps(data)


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _short(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%d/%m/%y %H:%M:%S")
