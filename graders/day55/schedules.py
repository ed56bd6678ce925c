"""Task 55.04: two schedules that raise a version's minimum before the busy hour and lower it afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from graders.day55.anchors import SCHEDULE
from graders.day55.runs import NAME, NEXT_TO_NONE, SHOP, bursts, judge_version, last_report, worst_minute
from graders.reading import asked, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from moto_lmi import facts

UP, DOWN = f"{NAME}-up", f"{NAME}-down"
BUSY_FROM, BUSY_TO = 9 * 60, 10 * 60
_CRON = re.compile(r"cron\((\d+) (\d+) (\S+) (\S+) (\S+) (\S+)\)")


@task(
    "55.04",
    title="Way 3: a schedule",
    points=8,
    syllabus=("55.1", "55.2"),
    answers=("scheduled_version",),
    docs=SCHEDULE,
)
def check_schedule(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Both schedules, and what the busy hour cost."""
    version = answers["scheduled_version"]
    _, problem = judge_version(account, SHOP, version, "schedule")
    if problem is not None:
        return problem
    assert isinstance(version, str)
    configs: dict[str, dict[str, Any]] = {}
    for name in (UP, DOWN):
        schedule, code = asked(account.client("scheduler").get_schedule, Name=name)
        if code:
            return _wrong("missing", f"There is no schedule {name}: " + ("the minimum is never raised." if name == UP else
                          "what goes up must come down, or you pay for it all day."), name, code, "create_schedule")  # fmt: skip
        config, problem = _judge_schedule(name, schedule, version)
        if problem is not None:
            return problem
        configs[name] = config
    return (
        _judge_configs(configs)
        or _judge_hour(account, version)
        or passed("The room is there when it is needed, and paid for when it is there.")
    )


def _wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.3) -> Verdict:
    return refused(f"schedule-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=credit)


def _judge_schedule(name: str, schedule: Mapping[str, Any], version: str) -> tuple[dict[str, Any], Verdict | None]:
    target, expression = schedule["Target"], str(schedule["ScheduleExpression"])
    wanted = facts.value("scaling.scheduler_target_arn")
    if target.get("Arn", "").lower() != wanted.lower():
        return {}, _wrong(
            "other-target", "The schedule calls something else.", wanted, target.get("Arn"), "Take SCHEDULER_TARGET."
        )
    if schedule.get("State") == "DISABLED":
        return {}, _wrong(
            "disabled", "The schedule is disabled.", "ENABLED", name, "update_schedule with State ENABLED."
        )
    if schedule.get("FlexibleTimeWindow", {}).get("Mode") != "OFF":
        return {}, _wrong("flexible", "With a flexible window it may run later than the busy hour begins.", "Mode OFF",
                          schedule.get("FlexibleTimeWindow"), 'FlexibleTimeWindow={"Mode": "OFF"}')  # fmt: skip
    if expression.startswith("at("):
        return {}, _wrong("once", "It runs once. Tomorrow's busy hour finds three environments.", "a cron expression", expression,
                          "cron(minutes hours * * ? *)")  # fmt: skip
    cron = _CRON.fullmatch(expression)
    if cron is None or cron.groups()[2:] != ("*", "*", "?", "*"):
        return {}, _wrong(
            "expression",
            "It does not run once every day.",
            "cron(minutes hours * * ? *)",
            expression,
            "Take that form.",
        )
    if schedule.get("ScheduleExpressionTimezone", "UTC") not in ("UTC", "Etc/UTC"):
        return {}, _wrong("time-zone", "The busy hour is in UTC, this is another time zone.", "UTC",
                          schedule.get("ScheduleExpressionTimezone"), "Leave ScheduleExpressionTimezone out.")  # fmt: skip
    minutes = int(cron[2]) * 60 + int(cron[1])
    if name == UP and minutes >= BUSY_FROM:
        return {}, _wrong("too-late", "When it runs, the busy hour has begun. Environments take a minute or two on top of that.",
                          "some minutes before 9:00", expression, "Ten minutes earlier.")  # fmt: skip
    if name == UP and minutes < BUSY_FROM - 60:
        return {}, _wrong("too-early", "It runs long before the busy hour, and you pay for the time between.",
                          "some minutes before 9:00", expression, "Ten minutes before is plenty.", 0.5)  # fmt: skip
    if name == DOWN and not BUSY_TO < minutes <= BUSY_TO + 120:
        return {}, _wrong("down-early" if minutes <= BUSY_TO else "down-late", "It lowers the minimum while the busy hour lasts." if
                          minutes <= BUSY_TO else "Hours after the busy hour the minimum is still up.", "after 10:00", expression,
                          "Ten minutes after it.")  # fmt: skip
    return _read_input(target.get("Input"), version)


def _read_input(text: object, version: str) -> tuple[dict[str, Any], Verdict | None]:
    example = '{"FunctionName": …, "Qualifier": …, "FunctionScalingConfig": {"MinExecutionEnvironments": …}}'
    try:
        request = json.loads(str(text))
    except ValueError:
        return {}, _wrong(
            "input-form",
            "The input is no JSON. A Python dict as text has single quotes.",
            example,
            text,
            "json.dumps(…)",
        )
    if type(request) is not dict or not set(request) <= {"FunctionName", "Qualifier", "FunctionScalingConfig"}:
        return {}, _wrong("input-members", "The input is the request of PutFunctionScalingConfig, with its names.", example, text,
                          "Names begin with a capital letter.")  # fmt: skip
    if str(request.get("FunctionName", "")).rpartition(":")[2] != SHOP or request.get("Qualifier") != version:
        return {}, _wrong("other-version", "It scales another version. Without a qualifier it is $LATEST.PUBLISHED.",
                          f"{SHOP}, version {version}", f"{request.get('FunctionName')}, {request.get('Qualifier', 'no qualifier')}",
                          "Pass scheduled_version as Qualifier.")  # fmt: skip
    config = request.get("FunctionScalingConfig")
    if type(config) is not dict or type(config.get("MinExecutionEnvironments")) is not int:
        return {}, _wrong(
            "input-config", "The input sets no minimum.", example, text, "FunctionScalingConfig with a minimum."
        )
    return config, None


def _judge_configs(configs: Mapping[str, Mapping[str, Any]]) -> Verdict | None:
    up, down = (configs[name]["MinExecutionEnvironments"] for name in (UP, DOWN))
    if down == 0 or configs[DOWN].get("MaxExecutionEnvironments") == 0:
        return _wrong("down-to-zero", "A minimum and a maximum of 0 take the version out of service. The next request is refused, and so are all after it.",
                      "a minimum of 3", configs[DOWN], "Go back to 3.")  # fmt: skip
    if up <= down:
        return _wrong("turned-round", "The minimum before the busy hour is not above the one after it.", "up above down", f"{up} and {down}",
                      "Exchange the two inputs.")  # fmt: skip
    if up > 8:
        return _wrong(
            "wasteful",
            "Far more is kept ready than the busy hour needs.",
            "8 or fewer",
            up,
            "Take the floor of 55.02.",
            0.6,
        )
    if down > 3:
        return _wrong("down-too-high", "Afterwards more is kept than before.", "3", down, "Go back to 3.", 0.6)
    return None


def _judge_hour(account: Account, version: str) -> Verdict | None:
    again = 'experiment.play(lab, f"{shop_name}:{scheduled_version}", BUSY_HOUR, SHOP, starting="08:00")'
    report = last_report(account, f"{SHOP}:{version}")
    if report is None or not bursts(report.rows, 60, 180, 60):
        return _wrong("not-played", "The busy hour was not played on this version.", "BUSY_HOUR from 08:00", "none" if report is None else
                      "other traffic", again, 0.5)  # fmt: skip
    if report.document["start"][11:16] != "08:00":
        return _wrong("other-time", "The traffic began at another time of day than the schedule is made for.", "08:00",
                      report.document["start"][11:16], again, 0.5)  # fmt: skip
    share = worst_minute(report.rows)
    if share > NEXT_TO_NONE:
        return _wrong("refused", "Requests were refused: the minimum was not up when the busy hour began, or is too low.",
                      f"below {NEXT_TO_NONE} % in every minute", f"{share:.2f} %", "Check the time, the minimum and the role, and play again.", 0.5)  # fmt: skip
    return None
