"""Task 55.12: a new version on a weighted alias, an alarm on it, and a rollback that the alarm sets off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.calling import called, not_a_function
from graders.day55.anchors import ROLLOUT
from graders.day55.runs import NAME, judge_version, last_report
from graders.reading import asked, shown
from lmi_labs.account import Account
from lmi_labs.pager import Watch
from lmi_labs.tasks import Verdict, passed, refused, task

RELEASE = f"{NAME}-release"
ALIAS = "live"
_RPM = 3600
Call = tuple[str, dict[str, Any]]


class Recorder:
    """A client that notes what is asked of it and knows one alias."""

    def __init__(self, old: str, new: str) -> None:
        self.old, self.new = old, new
        self.calls: list[Call] = []

    def __call__(self, service: str) -> Recorder:
        """The client for a service: always itself."""
        return self

    def __deepcopy__(self, _: object) -> Recorder:
        return self

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> dict[str, Any]:
            self.calls.append((operation, arguments))
            return {
                "Name": ALIAS,
                "FunctionVersion": self.old,
                "RoutingConfig": {"AdditionalVersionWeights": {self.new: 0.1}},
                "MetricAlarms": [],
            }

        if operation.startswith("__"):
            raise AttributeError(operation)
        return call


def event(state: str, alarm: str = f"{RELEASE}-slow", before: str = "OK") -> dict[str, Any]:
    """What EventBridge delivers when an alarm changes."""
    return {
        "source": "aws.cloudwatch",
        "detail-type": "CloudWatch Alarm State Change",
        "detail": {
            "alarmName": alarm,
            "state": {"value": state, "reason": "a check"},
            "previousState": {"value": before},
        },
    }


@task(
    "55.12",
    title="Shift, watch, roll back",
    points=8,
    syllabus=("55.6",),
    answers=("old_version", "new_version", "rollback", "watch"),
    docs=ROLLOUT,
)
def check_rollout(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The handler by itself, the alarm, what the shift shows, and the alias afterwards."""
    old, new, function = answers["old_version"], answers["new_version"], answers["rollback"]
    problem = not_a_function(function, "rollback", "rollback(event, client)")
    if problem is None and type(old) is str and type(new) is str:
        problem = judge_rollback(function, old, new)
    for version in (old, new):
        problem = problem or judge_version(account, RELEASE, version, "rollout")[1]
    if problem is not None:
        return problem
    assert isinstance(old, str)
    assert isinstance(new, str)
    if int(old) >= int(new):
        return _wrong("versions", "The new version was published before the old one, or both are one.", "old_version below new_version",
                      f"{old} and {new}", "Deploy twice, and keep the numbers in that order.", 0.1)  # fmt: skip
    return (
        _judge_alarm(account, new)
        or _judge_watch(account, answers["watch"], new)
        or _judge_alias(account, old)
        or passed(
            "The new version had a tenth of the traffic for minutes, and the alarm took it back while nobody looked."
        )
    )


def _wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.4) -> Verdict:
    return refused(f"rollout-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=credit)


def judge_rollback(function: Any, old: str, new: str) -> Verdict | None:
    """What is wrong with the handler, called with events of the check's own; None when nothing is."""

    def wrong(idea: str, message: str, expected: object, found: object, step: str) -> Verdict:
        return refused(f"rollback-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=0.3)

    recorder = Recorder(old, new)
    outcome = called(function, event("ALARM"), recorder)
    changes = [arguments for operation, arguments in recorder.calls if operation == "update_alias"]
    example = 'client("lambda").update_alias(FunctionName=…, Name="live", FunctionVersion=old_version, RoutingConfig={"AdditionalVersionWeights": {}})'
    if outcome.error is not None:
        return wrong("raises", "The handler raises an exception, and nothing is rolled back.", "no exception", outcome.error_text,
                     'The state is in event["detail"]["state"]["value"].')  # fmt: skip
    deleted = [operation for operation, _ in recorder.calls if operation.startswith("delete")]
    if deleted:
        return wrong(
            "deletes",
            "Deleting is no way back: callers of the alias, or of what is deleted, get errors.",
            "update_alias",
            deleted,
            example,
        )
    if any(operation == "put_function_scaling_config" for operation, _ in recorder.calls) and not changes:
        return wrong("out-of-service", "The alias goes on sending its share to a version that is out of service.", "update_alias",
                     "put_function_scaling_config", example)  # fmt: skip
    if not changes:
        used = "no call" if not recorder.calls else [operation for operation, _ in recorder.calls]
        return wrong(
            "does-nothing",
            "On an ALARM the handler changes no alias through the client that it is given.",
            "update_alias",
            used,
            example,
        )
    change = changes[-1]
    if change.get("Name") != ALIAS or str(change.get("FunctionName", "")).rpartition(":")[2] != RELEASE:
        return wrong("other-alias", "It changes another alias.", f"{ALIAS} of {RELEASE}", change, example)
    weights = (
        (change.get("RoutingConfig") or {}).get("AdditionalVersionWeights", ...) if "RoutingConfig" in change else ...
    )
    if str(change.get("FunctionVersion", old)) == new:
        return wrong("forward", "That gives all the traffic to the new version.", f"version {old}", change, example)
    if weights is ...:
        return wrong("weights-stay", "Members that are left out stay as they are, so the new version keeps its share.", "empty AdditionalVersionWeights",
                     change, example)  # fmt: skip
    if weights:
        return wrong(
            "weights-left", "The new version still gets a share.", "empty AdditionalVersionWeights", change, example
        )
    for state in ("OK", "INSUFFICIENT_DATA"):
        recorder = Recorder(old, new)
        called(function, event(state, before="ALARM"), recorder)
        if any(operation.startswith(("update", "put", "delete")) for operation, _ in recorder.calls):
            return wrong("on-any-state", f"It rolls back when the alarm goes to {state}, too: a healthy release would not last a minute.",
                         "a change on ALARM only", recorder.calls, 'if event["detail"]["state"]["value"] == "ALARM"')  # fmt: skip
    return None


def _judge_alarm(account: Account, new: str) -> Verdict | None:
    answer, _ = asked(account.client("cloudwatch").describe_alarms, AlarmNamePrefix=RELEASE)
    alarms = answer.get("MetricAlarms", [])
    if not alarms:
        return _wrong(
            "no-alarm",
            f"There is no alarm whose name begins with {RELEASE}.",
            "an alarm on the new version",
            "none",
            "put_metric_alarm",
        )
    resources = {
        item["Value"] for alarm in alarms for item in alarm.get("Dimensions", []) if item["Name"] == "Resource"
    }
    if f"{RELEASE}:{new}" not in resources:
        if not resources:
            return _wrong("alarm-of-all", "The alarm watches all versions together. Nine tenths that are well hide one that isn't.",
                          f"the dimension Resource {RELEASE}:{new}", "FunctionName alone", "Add the dimension Resource.")  # fmt: skip
        return _wrong(
            "alarm-of-another",
            "The alarm watches another version.",
            f"{RELEASE}:{new}",
            sorted(resources),
            "Resource is function:version.",
        )
    return None


def _judge_watch(account: Account, watch: object, new: str) -> Verdict | None:
    if type(watch) is not Watch:
        return _wrong("no-watch", "watch is what pager.carry returns.", "a shift", watch, "watch = pager.carry(…)")
    report = last_report(account, f"{RELEASE}:{new}")
    most = max((row["offered"] for row in report.rows), default=0) / _RPM if report else 0.0
    if most == 0:
        return _wrong("no-canary", "No request came to the new version: it was never tried.", "a tenth of the traffic", "none",
                      'RoutingConfig={"AdditionalVersionWeights": {new_version: 0.1}}')  # fmt: skip
    if most > 0.25:
        return _wrong("too-much", "So many customers met the new version before anybody knew how it does.", "about a tenth", f"{most:.0%}",
                      "A weight of 0.1.")  # fmt: skip
    rung = [page for page in watch.pages if page.state == "ALARM"]
    if not rung:
        return _wrong("never-rang", "The alarm never went off, though requests of the new version took four times as long and more.",
                      "an ALARM within the shift", [page.state for page in watch.pages],
                      "Duration, period 300, above 300 ms; look at its statistic and threshold.")  # fmt: skip
    failed = next((page.error for page in rung if page.error), "")
    if failed:
        return _wrong(
            "handler-failed",
            "The handler was called and failed.",
            "no exception",
            failed,
            "Run it with an event by hand.",
        )
    assert report is not None
    if sum(bool(row["offered"]) for row in report.rows) > 20 or len(rung) > 3:
        return _wrong("still-shifted", "The new version had its share to the end of the shift.", "no requests after the rollback",
                      f"{len(rung)} pages", "Is the alias that the handler changes the one that the traffic comes to?")  # fmt: skip
    return None


def _judge_alias(account: Account, old: str) -> Verdict | None:
    answer, code = asked(account.client("lambda").get_alias, FunctionName=RELEASE, Name=ALIAS)
    weights = (answer.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
    if code or answer.get("FunctionVersion") != old or weights:
        return _wrong("alias", "The alias does not send everything to the old version.", f"{ALIAS} at {old} alone",
                      code or f"{answer.get('FunctionVersion')}, {weights}", "Let the handler do it, and play the shift again.")  # fmt: skip
    return None
