"""The CloudWatch Logs backend on virtual time. moto finds the paths of a backend from the name of this module."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.exceptions import InvalidParameterException, ResourceNotFoundException
from moto.logs.models import LogGroup, LogQuery, LogsBackend, LogStream
from moto.moto_api._internal import mock_random

from moto_lmi import facts
from moto_lmi.api.logs.insights.running import Query
from moto_lmi.api.logs.metric_filters import apply_filters
from moto_lmi.api.logs.patterns import Pattern, PatternError, parse_pattern
from moto_lmi.clock import clock_for
from moto_lmi.request_times import meant_millis

_OLDEST, _NEWEST = timedelta(days=14), timedelta(hours=2)
_DAY_MS = 86_400_000
_MOST_EVENTS = 10_000
_QUERIES_KEPT = 1000


class LMILogsBackend(LogsBackend):
    """moto's Logs backend with filter patterns, metric filters, Insights, and the account's time."""

    @property
    def now_ms(self) -> int:
        """The account's virtual time in epoch milliseconds."""
        return int(clock_for(self.account_id).now().timestamp() * 1000)

    # --- groups, streams, events ---------------------------------------------------------------------------------------

    def create_log_group(self, log_group_name: str, tags: dict[str, str], **kwargs: Any) -> LogGroup:
        """CreateLogGroup."""
        group = super().create_log_group(log_group_name, tags, **kwargs)
        group.creation_time = self._naive_now
        return group

    def ensure_log_group(self, log_group_name: str) -> None:
        """Make the group if it isn't there."""
        if log_group_name not in self.groups:
            super().ensure_log_group(log_group_name)
            self.groups[log_group_name].creation_time = self._naive_now

    def create_log_stream(self, log_group_name: str, log_stream_name: str) -> None:
        """CreateLogStream."""
        super().create_log_stream(log_group_name, log_stream_name)
        self.groups[log_group_name].streams[log_stream_name].creation_time = self._naive_now

    @property
    def _naive_now(self) -> Any:
        return clock_for(self.account_id).now().replace(tzinfo=None)

    def put_log_events(
        self, log_group_name: str, log_stream_name: str, log_events: list[dict[str, Any]]
    ) -> tuple[str, dict[str, Any]]:
        """PutLogEvents: events of the last 14 days and the next two hours, by the account's time."""
        group = self._group(log_group_name)
        if log_stream_name not in group.streams:
            raise ResourceNotFoundException("The specified log stream does not exist.")
        times = [event["timestamp"] for event in log_events]
        if times != sorted(times):
            raise InvalidParameterException(
                "Log events in a single PutLogEvents request must be in chronological order."
            )
        _, newest_given = meant_millis(self.account_id, None, max(times, default=None))
        move = (newest_given or 0) - max(times, default=0)
        events = [{**event, "timestamp": event["timestamp"] + move} for event in log_events]
        now = self.now_ms
        oldest = now - int(_OLDEST.total_seconds() * 1000)
        newest = now + int(_NEWEST.total_seconds() * 1000)
        accepted = [event for event in events if oldest <= event["timestamp"] <= newest]
        rejected: dict[str, Any] = {}
        too_old = sum(event["timestamp"] < oldest for event in events)
        too_new = sum(event["timestamp"] > newest for event in events)
        if too_old:
            rejected["tooOldLogEventEndIndex"] = too_old
        if too_new:
            rejected["tooNewLogEventStartIndex"] = len(events) - too_new
        stream = group.streams[log_stream_name]
        token = group.put_log_events(log_stream_name, accepted)
        stream.last_ingestion_time = self._naive_now
        for stored in stream.events[len(stream.events) - len(accepted) :]:
            stored.ingestion_time = now
        self._forget_expired(group, stream)
        filters = self.filters.get_matching_filters(log_group_name=log_group_name)
        for namespace, data in apply_filters(filters, accepted).items():
            cloudwatch_backends[self.account_id][self.region_name].put_metric_data(namespace, data)
        return token, rejected

    def _forget_expired(self, group: LogGroup, stream: LogStream) -> None:
        """Let go of events that are older than the group keeps them."""
        if group.retention_in_days and stream.events:
            since = self.now_ms - int(group.retention_in_days) * _DAY_MS
            if stream.events[0].timestamp < since:
                stream.events = [event for event in stream.events if event.timestamp >= since]

    def get_log_events(
        self,
        log_group_name: str,
        log_group_id: str,
        log_stream_name: str,
        start_time: Any,
        end_time: Any,
        limit: int,
        next_token: str | None,
        start_from_head: str,
    ) -> tuple[list[dict[str, Any]], str | None, str | None]:
        """GetLogEvents."""
        start, end = meant_millis(self.account_id, start_time, end_time)
        return super().get_log_events(
            log_group_name, log_group_id, log_stream_name, start, end, limit, next_token, start_from_head  # type: ignore[arg-type]
        )  # fmt: skip

    def filter_log_events(
        self,
        log_group_name: str,
        log_stream_names: list[str],
        start_time: int | None,
        end_time: int | None,
        limit: int | None,
        next_token: str | None,
        filter_pattern: str | None,
        interleaved: bool,
    ) -> tuple[list[dict[str, Any]], str | None, list[dict[str, Any]]]:
        """FilterLogEvents: in the order of time over all streams, as AWS answers today whatever `interleaved` says."""
        group = self._group(log_group_name)
        if limit and limit > _MOST_EVENTS:
            raise InvalidParameterException(
                constraint="Member must have value less than or equal to 10000", parameter="limit", value=limit
            )
        pattern = checked_pattern(filter_pattern or "", "filterPattern")
        start, end = meant_millis(self.account_id, start_time, end_time)
        streams = [stream for name, stream in group.streams.items() if not log_stream_names or name in log_stream_names]
        found = sorted(
            (event.timestamp, number, place, event, stream.log_stream_name)
            for number, stream in enumerate(streams)
            for place, event in enumerate(stream.events)
            if (start is None or event.timestamp >= start)
            and (end is None or event.timestamp <= end)
            and pattern.matches(event.message)
        )
        try:
            begin = int(next_token or 0)
        except ValueError as exc:
            raise InvalidParameterException("The specified nextToken is invalid.") from exc
        until = begin + (limit or _MOST_EVENTS)
        events = [{**item[3].to_filter_dict(), "logStreamName": item[4]} for item in found[begin:until]]
        searched = [{"logStreamName": stream.log_stream_name, "searchedCompletely": True} for stream in streams]
        return events, str(until) if until < len(found) else None, searched

    def put_metric_filter(
        self, filter_name: str, filter_pattern: str, log_group_name: str, metric_transformations: Any
    ) -> None:
        """PutMetricFilter; a filter of that name in the group is replaced."""
        self._group(log_group_name)
        checked_pattern(filter_pattern or "", "filterPattern")
        self.filters.delete_filter(filter_name, log_group_name)
        super().put_metric_filter(filter_name, filter_pattern, log_group_name, metric_transformations)

    # --- Insights ------------------------------------------------------------------------------------------------------

    def start_query(self, log_group_names: list[str], start_time: int, end_time: int, query_string: str) -> str:
        """StartQuery; it is complete at once. `start_time` and `end_time` are epoch seconds."""
        groups = [self._group(name) for name in log_group_names]
        start, end = meant_millis(self.account_id, start_time * 1000, end_time * 1000)
        query_id = str(mock_random.uuid4())
        self.queries[query_id] = Query(query_id, start or 0, end or 0, query_string, groups, self._naive_now)
        while len(self.queries) > _QUERIES_KEPT:
            del self.queries[next(iter(self.queries))]
        return query_id

    def get_query_results(self, query_id: str) -> LogQuery:
        """GetQueryResults."""
        if query_id not in self.queries:
            raise ResourceNotFoundException(f"Query {query_id} does not exist.")
        return self.queries[query_id]

    def _group(self, name: str) -> LogGroup:
        group = self.groups.get(name)
        if group is None:
            raise ResourceNotFoundException()
        return group


def checked_pattern(text: str, parameter: str) -> Pattern:
    """The pattern. Raises moto's InvalidParameterException with what is wrong and where."""
    try:
        return parse_pattern(text)
    except PatternError as exc:
        sentence = facts.ours("logs_pattern").format(parameter=parameter, problem=exc.problem, place=exc.place)
        raise InvalidParameterException(sentence.message) from exc
