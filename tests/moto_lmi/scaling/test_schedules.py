"""Schedules of EventBridge Scheduler that put scaling configs, beside what the stories tell of them."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.scheduler.models import scheduler_backends

from moto_lmi import facts
from moto_lmi.api.scheduler.models import LMISchedulerBackend, Run

from ..world import ACCOUNT, REGION, World, client

TARGET = "arn:aws:scheduler:::aws-sdk:lambda:PutFunctionScalingConfig"
CONFIG = {
    "FunctionName": "fn",
    "Qualifier": "$LATEST.PUBLISHED",
    "FunctionScalingConfig": {"MinExecutionEnvironments": 4, "MaxExecutionEnvironments": 9},
}


@pytest.fixture
def running(world: World) -> World:
    """A published function, on Monday 7 January 2030 at noon, and the role `scheduler` that may scale it."""
    world.clock.move_to(datetime(2030, 1, 7, 11, 50, tzinfo=UTC))
    world.function(provider=world.provider())
    world.publish()
    world.clock.move_to(datetime(2030, 1, 7, 12, tzinfo=UTC))
    world.role("scheduler", service="scheduler.amazonaws.com")
    statement = {"Effect": "Allow", "Action": "lambda:PutFunctionScalingConfig", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.iam.put_role_policy(RoleName="scheduler", PolicyName="scale", PolicyDocument=document)
    return world


def schedule(expression: str = "at(2030-01-07T12:10:00)", *, role: str = "scheduler", **members: Any) -> None:
    """Create the schedule `s`."""
    content = members.pop("Input", json.dumps(CONFIG))
    target = {"Arn": TARGET, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "Input": content}
    client("scheduler").create_schedule(
        Name="s",
        ScheduleExpression=expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={**target, **members.pop("Target", {})},
        **members,
    )


def runs() -> list[Run]:
    """What has run."""
    backend: LMISchedulerBackend = scheduler_backends[ACCOUNT][REGION]  # type: ignore[assignment]
    return backend.runs


def applied(world: World) -> dict[str, int]:
    """The scaling config in effect."""
    config = world.lambda_.get_function_scaling_config(FunctionName="fn", Qualifier="$LATEST.PUBLISHED")
    found: dict[str, int] = config["AppliedFunctionScalingConfig"]
    return found


def test_the_target_is_the_one_that_aws_documents() -> None:
    """The universal target of the guide's example."""
    assert facts.value("scaling.scheduler_target_arn") == TARGET


def test_a_schedule_puts_its_config_when_it_is_due(running: World) -> None:
    """Not before, and once; the config is in effect half a minute later."""
    schedule()
    running.pass_time(599)
    assert runs() == []
    running.pass_time(60)
    assert [(run.moment.minute, run.error) for run in runs()] == [(10, None)]
    assert applied(running) == CONFIG["FunctionScalingConfig"]
    running.pass_time(86_400)
    assert len(runs()) == 1


def test_a_schedule_that_is_done_can_delete_itself(running: World) -> None:
    """ActionAfterCompletion DELETE takes a one-time schedule away once it has run."""
    schedule(ActionAfterCompletion="DELETE")
    assert len(client("scheduler").list_schedules()["Schedules"]) == 1
    running.pass_time(660)
    assert client("scheduler").list_schedules()["Schedules"] == []


@pytest.mark.parametrize("end", ["delete", "disable", "move"])
def test_a_schedule_that_is_changed_in_time_does_not_run(running: World, end: str) -> None:
    """Deleted, disabled or moved to another time before it is due."""
    schedule()
    scheduler = client("scheduler")
    if end == "delete":
        scheduler.delete_schedule(Name="s")
    else:
        present = scheduler.get_schedule(Name="s")
        members = {name: present[name] for name in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
        change = {"State": "DISABLED"} if end == "disable" else {"ScheduleExpression": "at(2030-01-07T18:00:00)"}
        scheduler.update_schedule(**{**members, **change})
    running.pass_time(3600)
    assert runs() == []


def test_a_rate_keeps_to_its_beginning_and_end(running: World) -> None:
    """It begins at its StartDate and stops at its EndDate."""
    schedule(
        "rate(10 minutes)",
        StartDate=datetime(2030, 1, 7, 12, 5, tzinfo=UTC),
        EndDate=datetime(2030, 1, 7, 12, 30, tzinfo=UTC),
    )
    running.pass_time(7200)
    assert [run.moment.minute for run in runs()] == [5, 15, 25]


@pytest.mark.parametrize("expression", ["rate(5 minute)", "cron(0 8 * * *)", "at(tomorrow)"])
def test_a_wrong_expression_is_refused(running: World, expression: str) -> None:
    """AWS's error, with what is wrong behind it; there is no schedule then."""
    with pytest.raises(ClientError) as refused:
        schedule(expression)
    assert refused.value.response["Error"]["Code"] == "ValidationException"
    assert refused.value.response["Error"]["Message"].startswith(f"Invalid Schedule Expression {expression}.")
    assert client("scheduler").list_schedules()["Schedules"] == []


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"role": "nobody"}, "AccessDeniedException: the role .*nobody does not exist"),
        ({"role": "execution"}, "AccessDeniedException: scheduler.amazonaws.com may not assume .*execution"),
        ({"Input": "no JSON"}, "ValidationException: the schedule's Input is no JSON object"),
        ({"Input": '{"FunctionName": "fn"}'}, "ValidationException: 1 validation error detected"),
        ({"Input": json.dumps({**CONFIG, "FunctionName": "other"})}, "ResourceNotFoundException"),
    ],
)
def test_what_goes_wrong_when_it_is_due_is_kept(running: World, members: dict[str, Any], words: str) -> None:
    """The run says why; the version stays as it was."""
    schedule(**members)
    running.pass_time(660)
    (run,) = runs()
    assert run.error is not None
    assert re.match(words, run.error), run.error
    assert applied(running) == {}


def test_a_version_that_is_busy_is_tried_again(running: World) -> None:
    """While another scaling config is on its way, AWS answers a conflict; a minute later the schedule succeeds."""
    schedule()
    running.pass_time(590)
    running.lambda_.put_function_scaling_config(
        FunctionName="fn", Qualifier="$LATEST.PUBLISHED", FunctionScalingConfig={"MinExecutionEnvironments": 5}
    )
    running.pass_time(120)
    assert [(run.attempt, run.error is None) for run in runs()] == [(1, False), (2, True)]
    assert applied(running) == CONFIG["FunctionScalingConfig"]


def test_other_targets_stay_silent(running: World) -> None:
    """A schedule for another action is kept, as in moto, and does nothing."""
    schedule(Target={"Arn": "arn:aws:scheduler:::aws-sdk:sqs:sendMessage"})
    running.pass_time(3600)
    assert runs() == []
