"""The EventBridge Scheduler backend. moto finds the paths of a backend from the name of this module.

moto keeps schedules and never runs them, and takes any text for an expression. Here expressions are checked, and a
schedule with the universal target PutFunctionScalingConfig runs when it is due. Other targets stay silent.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from moto.awslambda.utils import get_backend
from moto.core.utils import get_service_model
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule

from moto_lmi import cron, facts
from moto_lmi.api.errors import LambdaError
from moto_lmi.api.validation import read_request
from moto_lmi.clock import Event, clock_for
from moto_lmi.iam.service_role import Call, service_role_problem

_OPERATION = "PutFunctionScalingConfig"
_ACTION = f"lambda:{_OPERATION}"
_SERVICE = "scheduler.amazonaws.com"
_RETRY_S = 60.0
_RETRIED = ("ResourceConflictException", "TooManyRequestsException", "ServiceException")
_KEPT_RUNS = 1_000


@dataclass(frozen=True)
class Run:
    """A schedule was due: what became of it. `error` is None when the scaling config was accepted."""

    moment: datetime
    schedule_arn: str
    attempt: int
    error: str | None


class LMISchedulerBackend(EventBridgeSchedulerBackend):
    """moto's backend, with schedules that run."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.runs: list[Run] = []
        self._due: dict[str, Event] = {}

    def create_schedule(self, **request: Any) -> Schedule:  # type: ignore[override]
        """CreateSchedule: the expression must be one, and the schedule waits until it is due."""
        _check(request)
        schedule = super().create_schedule(**request)
        schedule.creation_date = schedule.last_modified_date = self._now().timestamp()
        self._wait(schedule, self._now())
        return schedule

    def update_schedule(self, **request: Any) -> Schedule:  # type: ignore[override]
        """UpdateSchedule: it waits by the new expression."""
        _check(request)
        schedule = super().update_schedule(**request)
        schedule.last_modified_date = self._now().timestamp()
        self._wait(schedule, self._now())
        return schedule

    def delete_schedule(self, group_name: str | None, name: str) -> None:
        """DeleteSchedule: it does not run any more."""
        schedule = self.get_schedule(group_name, name)
        super().delete_schedule(group_name, name)
        self._cancel(schedule)

    def delete_schedule_group(self, name: str | None) -> None:
        """DeleteScheduleGroup, with its schedules."""
        for schedule in self.get_schedule_group(name).schedules.values():
            self._cancel(schedule)
        super().delete_schedule_group(name)

    def _wait(self, schedule: Schedule, since: datetime) -> None:
        """Wait until the schedule is due next after `since`."""
        self._cancel(schedule)
        moment = self._next(schedule, since)
        if moment is not None:
            seconds = (moment - self._now()).total_seconds()
            self._due[schedule.arn] = clock_for(self.account_id).call_later(seconds, self._run, schedule, moment)

    def _next(self, schedule: Schedule, since: datetime) -> datetime | None:
        """When it is due next. A rate begins at its StartDate, else one interval after its creation."""
        expression, zone = schedule.schedule_expression, schedule.schedule_expression_timezone
        if cron.is_once(expression):
            return cron.next_due(expression, zone, since, since)
        start, end = _date(schedule.start_date), _date(schedule.end_date)
        if start is not None and start > since:
            since = start - timedelta(seconds=1)
        anchor = start or datetime.fromtimestamp(schedule.creation_date, UTC)
        moment = start if _is_rate_before(expression, start, since) else cron.next_due(expression, zone, since, anchor)
        return None if moment is None or (end is not None and moment > end) else moment

    def _run(self, schedule: Schedule, moment: datetime) -> None:
        del self._due[schedule.arn]
        if schedule.state == "ENABLED" and schedule.target["Arn"] == facts.value("scaling.scheduler_target_arn"):
            self._call(schedule, moment, 1)
        self._wait(schedule, moment)
        if schedule.arn not in self._due and schedule.action_after_completion == "DELETE":
            super().delete_schedule(schedule.group_name, schedule.name)

    def _call(self, schedule: Schedule, moment: datetime, attempt: int) -> None:
        """Call the target; what may go over is tried again every minute, as far as the schedule's RetryPolicy allows."""
        code, error = self._put(schedule)
        self.runs.append(Run(self._now(), schedule.arn, attempt, error))
        del self.runs[:-_KEPT_RUNS]
        policy = schedule.target["RetryPolicy"]
        age_s = (self._now() - moment).total_seconds() + _RETRY_S
        if (
            code in _RETRIED
            and attempt <= policy.get("MaximumRetryAttempts", 185)
            and age_s <= policy.get("MaximumEventAgeInSeconds", 86_400)
        ):
            clock_for(self.account_id).call_later(_RETRY_S, self._call, schedule, moment, attempt + 1)

    def _put(self, schedule: Schedule) -> tuple[str, str | None]:
        """Put the scaling config that the schedule's Input has. Returns the code and text of what went wrong."""
        from moto_lmi.api.lambda_.models import LMILambdaBackend

        backend = cast(LMILambdaBackend, get_backend(self.account_id, self.region_name))
        try:
            document = json.loads(schedule.target.get("Input") or "{}")
            request = read_request(
                get_service_model("lambda").operation_model(_OPERATION),
                {"FunctionName": document.get("FunctionName")},
                {"Qualifier": [document["Qualifier"]]} if "Qualifier" in document else {},
                {},
                json.dumps({"FunctionScalingConfig": document.get("FunctionScalingConfig", {})}).encode(),
            )
            problem = self._role_problem(schedule, backend._lambdas.arn_of(request["FunctionName"].rsplit(":", 1)[-1]))
            if problem is not None:
                return "AccessDeniedException", f"AccessDeniedException: {problem}"
            backend.put_function_scaling_config(
                request["FunctionName"], request["Qualifier"], request.get("FunctionScalingConfig")
            )
        except LambdaError as error:
            return error.code, f"{error.code}: {error.message}"
        except (ValueError, AttributeError) as exc:
            return "ValidationException", f"ValidationException: the schedule's Input is no JSON object ({exc})"
        return "", None

    def _role_problem(self, schedule: Schedule, function_arn: str) -> str | None:
        group = f"{schedule.arn.rsplit('/', 1)[0].replace(':schedule/', ':schedule-group/')}"
        call = Call(_SERVICE, group, self.account_id, self.region_name, _ACTION, function_arn)
        return service_role_problem(schedule.target.get("RoleArn", ""), call)

    def _cancel(self, schedule: Schedule) -> None:
        event = self._due.pop(schedule.arn, None)
        if event is not None:
            clock_for(self.account_id).cancel(event)

    def _now(self) -> datetime:
        return clock_for(self.account_id).now()


def _check(request: dict[str, Any]) -> None:
    expression = request.get("schedule_expression") or ""
    try:
        cron.check(expression, request.get("schedule_expression_timezone") or "UTC")
    except ValueError as exc:
        raise ValidationException(f"Invalid Schedule Expression {expression}. ({exc})") from exc


def _date(value: Any) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(float(value), UTC)


def _is_rate_before(expression: str, start: datetime | None, since: datetime) -> bool:
    return start is not None and expression.startswith("rate(") and since < start
