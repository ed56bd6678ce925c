"""The CloudWatch API's actions, on the account's virtual time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

from moto.cloudwatch.exceptions import InvalidParameterCombination, InvalidParameterValue
from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult, EmptyResult

from moto_lmi import facts
from moto_lmi.api.cloudwatch.models import LMICloudWatchBackend
from moto_lmi.api.cloudwatch.series import MetricKey
from moto_lmi.clock import clock_for
from moto_lmi.request_times import meant

T = TypeVar("T")

_PAGE = 100


class LMICloudWatchResponse(CloudWatchResponse):
    """moto's CloudWatch actions, with those that it lacks and those that the mended backend answers differently."""

    @property
    def cloudwatch_backend(self) -> LMICloudWatchBackend:
        """The backend of the caller's account and Region."""
        return cast(LMICloudWatchBackend, cloudwatch_backends[self.current_account][self.region])

    def call_action(self) -> TYPE_RESPONSE:
        """Let the account's clock catch up, then do as moto does."""
        clock_for(self.current_account).catch_up()
        answer: TYPE_RESPONSE = super().call_action()
        return answer

    def list_metrics(self) -> ActionResult:
        """ListMetrics."""
        metrics, token = self.cloudwatch_backend.page_of_metrics(
            self._get_param("NextToken"),
            namespace=self._get_param("Namespace"),
            name=self._get_param("MetricName"),
            dimensions=self._get_params().get("Dimensions", []),
            recently_active=bool(self._get_param("RecentlyActive")),
        )
        return ActionResult({"Metrics": metrics, "NextToken": token})

    def get_metric_statistics(self) -> ActionResult:
        """GetMetricStatistics."""
        names, extended = self._get_param("Statistics", []), self._get_param("ExtendedStatistics", [])
        if not names and not extended:
            raise InvalidParameterCombination("Must specify either Statistics or ExtendedStatistics")
        period = self._get_int_param("Period")
        if period not in (1, 5, 10, 20, 30) and (period <= 0 or period % 60):
            sentence = facts.ours("cloudwatch_parameter").format(
                name="Period", value=period, rule="1, 5, 10, 20, 30 or a multiple of 60 seconds"
            )
            raise InvalidParameterValue(sentence.message)
        name = self._get_param("MetricName")
        datapoints = self.cloudwatch_backend.statistics(
            MetricKey.of(self._get_param("Namespace"), name, self._get_param("Dimensions", [])),
            (self._get_param("StartTime"), self._get_param("EndTime")),
            period,
            names,
            extended,
            self._get_param("Unit"),
        )
        return ActionResult({"Label": name, "Datapoints": datapoints})

    def put_composite_alarm(self) -> ActionResult:
        """PutCompositeAlarm."""
        self.cloudwatch_backend.put_metric_alarm(
            name=self._get_param("AlarmName"),
            rule=self._get_param("AlarmRule"),
            description=self._get_param("AlarmDescription"),
            alarm_actions=self._get_param("AlarmActions", []),
            ok_actions=self._get_param("OKActions", []),
            insufficient_data_actions=self._get_param("InsufficientDataActions", []),
            actions_enabled=self._get_bool_param("ActionsEnabled"),
            tags=self._get_param("Tags", []),
            namespace=None,
            metric_name=None,
            comparison_operator=None,
            evaluation_periods=None,
            period=None,
            threshold=None,
            statistic=None,
            dimensions=[],
        )
        return EmptyResult()

    def describe_alarms(self) -> ActionResult:
        """DescribeAlarms; composite alarms are shown if AlarmTypes says so, as on AWS."""
        names, prefix = self._get_param("AlarmNames", []), self._get_param("AlarmNamePrefix")
        action, state = self._get_param("ActionPrefix"), self._get_param("StateValue")
        if names and prefix:
            raise InvalidParameterCombination("AlarmNamePrefix can't be specified together with AlarmNames")
        types = self._get_param("AlarmTypes", []) or ["MetricAlarm"]
        found = [
            alarm
            for alarm in sorted(self.cloudwatch_backend.describe_alarms(), key=lambda alarm: alarm.name)
            if (not names or alarm.name in names)
            and (not prefix or alarm.name.startswith(prefix))
            and (not action or any(item.startswith(action) for item in _actions(alarm)))
            and state in (None, alarm.state_value)
            and ("MetricAlarm" if alarm.rule is None else "CompositeAlarm") in types
        ]
        page, token = self._page(found)
        return ActionResult(
            {
                "MetricAlarms": [alarm for alarm in page if alarm.rule is None],
                "CompositeAlarms": [alarm for alarm in page if alarm.rule is not None],
                "NextToken": token,
            }
        )

    def describe_alarm_history(self) -> ActionResult:
        """DescribeAlarmHistory."""
        start, end = self._get_param("StartDate"), self._get_param("EndDate")
        since, until = meant(self.current_account, start, end)
        items = self.cloudwatch_backend.history.items(
            self._get_param("AlarmName"),
            self._get_param("HistoryItemType"),
            self._get_param("AlarmTypes", []) or ["MetricAlarm"],
            since,
            until,
            ascending=self._get_param("ScanBy") == "TimestampAscending",
        )
        page, token = self._page(items)
        return ActionResult({"AlarmHistoryItems": page, "NextToken": token})

    def _page(self, items: Sequence[T]) -> tuple[Sequence[T], str | None]:
        """The page that MaxRecords and NextToken ask for; a token is the number of items before it."""
        token: Any = self._get_param("NextToken")
        if token and not (token.isdigit() and int(token) < len(items)):
            raise InvalidParameterValue("Request parameter NextToken is invalid")
        begin = int(token or 0)
        size = min(max(1, self._get_int_param("MaxRecords") or _PAGE), _PAGE)
        end = begin + size
        return items[begin:end], str(end) if end < len(items) else None


def _actions(alarm: Alarm) -> list[str]:
    return [*alarm.alarm_actions, *alarm.ok_actions, *alarm.insufficient_data_actions]
