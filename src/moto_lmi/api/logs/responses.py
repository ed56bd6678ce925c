"""The CloudWatch Logs API's actions, on the account's virtual time."""

from __future__ import annotations

import json
from typing import cast

from moto.core.common_types import TYPE_RESPONSE
from moto.logs.exceptions import InvalidParameterException
from moto.logs.models import logs_backends
from moto.logs.responses import LogsResponse

from moto_lmi.api.logs.insights.running import Query
from moto_lmi.api.logs.models import LMILogsBackend
from moto_lmi.clock import clock_for


class LMILogsResponse(LogsResponse):
    """moto's Logs actions on the mended backend."""

    @property
    def logs_backend(self) -> LMILogsBackend:
        """The backend of the caller's account and Region."""
        return cast(LMILogsBackend, logs_backends[self.current_account][self.region])

    def call_action(self) -> TYPE_RESPONSE:
        """Let the account's clock catch up, then do as moto does."""
        clock_for(self.current_account).catch_up()
        answer: TYPE_RESPONSE = super().call_action()
        return answer

    def filter_log_events(self) -> str:
        """FilterLogEvents, of a group by name or ARN."""
        name = self._get_param("logGroupName") or _name_in(self._get_param("logGroupIdentifier") or "")
        events, token, streams = self.logs_backend.filter_log_events(
            name,
            self._get_param("logStreamNames", []),
            self._get_param("startTime"),
            self._get_param("endTime"),
            self._get_param("limit"),
            self._get_param("nextToken"),
            self._get_param("filterPattern"),
            self._get_param("interleaved", False),
        )
        prefix = self._get_param("logStreamNamePrefix")
        if prefix:
            events = [event for event in events if event["logStreamName"].startswith(prefix)]
        return json.dumps({"events": events, "nextToken": token, "searchedLogStreams": streams})

    def start_query(self) -> str:
        """StartQuery on groups by name or ARN."""
        single, names = self._get_param("logGroupName"), self._get_param("logGroupNames")
        identifiers = self._get_param("logGroupIdentifiers")
        if sum(given is not None for given in (single, names, identifiers)) != 1:
            raise InvalidParameterException(
                "Exactly one of logGroupName, logGroupNames and logGroupIdentifiers is needed."
            )
        groups = [single] if single is not None else [_name_in(item) for item in names or identifiers or ()]
        limit = self._get_param("limit")
        query_id = self.logs_backend.start_query(
            groups, self._get_int_param("startTime"), self._get_int_param("endTime"), self._get_param("queryString")
        )
        query = self.logs_backend.queries[query_id]
        if limit and isinstance(query, Query):
            query.results = query.results[: int(limit)]
        return json.dumps({"queryId": query_id})


def _name_in(identifier: str) -> str:
    """The name of a group in its name or ARN."""
    return identifier.split(":log-group:", 1)[-1].removesuffix(":*")
