"""Task 54.11: a dashboard whose every line has data behind it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graders.day54.anchors import METRICS
from graders.day54.place import FUNCTION, NAME
from graders.reading import asked, is_response, listed, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task
from moto_lmi import facts

LAMBDA, EC2 = str(facts.value("metrics.namespace")), "AWS/EC2"
PERIOD_S = int(facts.value("metrics.period_s"))
_PROVIDER = set(facts.value("metrics.provider")["metrics"])
_ENVIRONMENT = set(facts.value("metrics.environment")["metrics"])
_DIMENSIONS = {
    **dict.fromkeys(_PROVIDER, frozenset(facts.value("metrics.provider")["dimensions"])),
    **dict.fromkeys(_ENVIRONMENT, frozenset(facts.value("metrics.environment")["dimensions"])),
}
_PERCENT = {name for name in _DIMENSIONS if name.endswith("Utilization")}


@dataclass(frozen=True)
class Line:
    """One metric of a dashboard, with the statistic and the period that hold for it."""

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...]
    stat: str
    period: int

    @property
    def text(self) -> str:
        """The metric in one line."""
        named = ", ".join(f"{name}={value}" for name, value in self.dimensions)
        return f"{self.namespace} {self.metric} ({named})"


@task("54.11", title="A dashboard", points=7, syllabus=("54.5",), answers=("dashboard_name",), docs=METRICS)
def check_dashboard(account: Account, answers: Mapping[str, object]) -> Verdict:
    """Provider, environments and one instance are on it, under their real names and dimensions."""
    name = answers["dashboard_name"]

    def wrong(misconception: str, message: str, found: object, step: str, credit: float = 0.0) -> Verdict:
        return refused(
            misconception, message, expected=f"a dashboard {NAME} with the three kinds of metrics", found=shown(found),
            next_step=step, credit=credit,
        )  # fmt: skip

    if is_response(name) or type(name) is not str:
        return wrong("dashboard-name-form", "The name of the dashboard is wanted.", name, f'dashboard_name = "{NAME}"')
    if name != NAME:
        return wrong(
            "dashboard-other-name",
            "The dashboard is to have the lab's name, so that it is found and taken down again.",
            name,
            f"DashboardName={NAME!r}",
        )
    answer, code = asked(account.client("cloudwatch").get_dashboard, DashboardName=name)
    if code:
        return wrong(
            "dashboard-missing",
            "CloudWatch has no dashboard of this name.",
            code,
            "put_dashboard(DashboardName=…, DashboardBody=json.dumps(…))",
        )
    try:
        widgets = json.loads(answer["DashboardBody"])["widgets"]
        lines = [line for widget in widgets for line in _lines(widget)]
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        return wrong(
            "dashboard-body",
            "The body is not what a dashboard is made of.",
            error,
            '{"widgets": [{"type": "metric", …, "properties": {"metrics": [[…]]}}]}',
        )
    if not lines:
        return wrong(
            "dashboard-empty",
            "There is no metric on the dashboard.",
            f"{len(widgets)} widgets",
            'A widget of type "metric" has properties with metrics.',
        )
    for line in lines:
        problem = _judge_line(account, line, wrong)
        if problem is not None:
            return problem
    return _judge_whole(lines, wrong) or passed(
        "Three heights of one thing: the provider's instances, the environments on them, and a single instance as EC2 sees it."
    )


def _lines(widget: Mapping[str, Any]) -> Iterator[Line]:
    properties = widget.get("properties", {})
    before: list[Any] = []
    for row in properties.get("metrics", ()) if widget.get("type") == "metric" else ():
        if not isinstance(row, list):
            raise TypeError("a metric is a list")
        options = row[-1] if isinstance(row[-1], dict) else {}
        parts = [item for item in row if not isinstance(item, dict)]
        if not parts:
            continue  # metric math
        parts = [before[index] if item == "." else item for index, item in enumerate(parts)]
        if parts and parts[0] == "...":
            parts = [*before[: len(before) - len(parts) + 1], *parts[1:]]
        before = parts
        pairs = tuple(sorted(zip(parts[2::2], parts[3::2], strict=True)))
        stat = str(options.get("stat", properties.get("stat", "Average")))
        yield Line(
            str(parts[0]), str(parts[1]), pairs, stat, int(options.get("period", properties.get("period", PERIOD_S)))
        )


def _judge_line(account: Account, line: Line, wrong: Callable[..., Verdict]) -> Verdict | None:
    names = {name for name, _ in line.dimensions}
    if line.namespace not in (LAMBDA, EC2):
        return wrong(
            "dashboard-namespace",
            "No metric of managed instances is in this namespace.",
            line.text,
            f"{LAMBDA} for provider and environments, {EC2} for an instance.",
            0.2,
        )
    if line.namespace == LAMBDA and "InstanceId" in names:
        return wrong(
            "dashboard-ec2-in-lambda",
            "A single instance is EC2's business: its metrics are in EC2's namespace.",
            line.text,
            f'["{EC2}", "CPUUtilization", "InstanceId", "i-…"]',
            0.2,
        )
    wanted = _DIMENSIONS.get(line.metric) if line.namespace == LAMBDA else None
    if wanted is not None and names != wanted:
        missing = sorted(wanted - names)
        return wrong(
            "dashboard-dimensions",
            "Dimensions match as a whole: with one missing, CloudWatch finds no metric, and says nothing.",
            line.text,
            f"{line.metric} has {', '.join(sorted(wanted))}"
            + (f"; {', '.join(missing)} is missing." if missing else "."),
            0.3,
        )
    there = asked(
        account.client("cloudwatch").list_metrics,
        Namespace=line.namespace,
        MetricName=line.metric,
        Dimensions=[{"Name": name, "Value": str(value)} for name, value in line.dimensions],
    )[0].get("Metrics", [])
    if not any(
        {(item["Name"], item["Value"]) for item in found["Dimensions"]} == set(line.dimensions) for found in there
    ):
        if dict(line.dimensions).get("Resource") == FUNCTION:
            return wrong(
                "dashboard-resource",
                "Resource is the function with its version, since each version has environments of its own.",
                line.text,
                f'"Resource", f"{FUNCTION}:{{orders_version}}"',
                0.4,
            )
        known = line.metric in _DIMENSIONS
        return wrong(
            "dashboard-no-data" if known else "dashboard-unknown-metric",
            "There is no such metric: CloudWatch would draw an empty line."
            if known
            else "LMI has no metric of this name.",
            line.text,
            "Compare with what list_metrics says.",
            0.3,
        )
    if line.metric in _PERCENT and line.stat in ("Sum", "SampleCount"):
        return wrong(
            "dashboard-sum-of-percent",
            "Percentages of several instances added up mean nothing.",
            f"{line.text}, {line.stat}",
            'stat: "Average" or "Maximum"',
            0.6,
        )
    if line.period < PERIOD_S or line.period % PERIOD_S:
        return wrong(
            "dashboard-period",
            f"These metrics come every {PERIOD_S} seconds. A shorter period draws holes.",
            f"{line.text}, {line.period} s",
            f"period: {PERIOD_S}",
            0.6,
        )
    return None


def _judge_whole(lines: list[Line], wrong: Callable[..., Verdict]) -> Verdict | None:
    shows = {
        "provider": any(line.metric == "CPUUtilization" and line.namespace == LAMBDA for line in lines),
        "environment": {"ExecutionEnvironmentConcurrency", "ExecutionEnvironmentConcurrencyLimit"}
        <= {line.metric for line in lines},
        "instance": any(line.namespace == EC2 and line.metric == "CPUUtilization" for line in lines),
    }
    what = {
        "provider": "CPUUtilization of the provider",
        "environment": "ExecutionEnvironmentConcurrency beside ExecutionEnvironmentConcurrencyLimit",
        "instance": "CPUUtilization of one instance, from EC2",
    }
    for kind, is_there in shows.items():
        if not is_there:
            return wrong(
                f"dashboard-no-{kind}",
                f"All that is there has data. What is not there: {what[kind]}.",
                listed(line.text for line in lines),
                f"Add {what[kind]}.",
                0.6,
            )
    return None
