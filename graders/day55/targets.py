"""Task 55.03: a provider with a low CPU target, which keeps more room free."""

from __future__ import annotations

from collections.abc import Mapping

from graders.day55.anchors import TARGET
from graders.day55.floors import ROOMY
from graders.day55.runs import NEXT_TO_NONE, applied_scaling, judge_tripled, judge_version, worst_minute
from graders.reading import asked, provider_of, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

LEAST, MOST = 15.0, 30.0
METRIC = "LambdaCapacityProviderAverageCPUUtilization"


@task(
    "55.03",
    title="Way 2: a lower CPU target",
    points=7,
    syllabus=("55.1",),
    answers=("roomy_version",),
    docs=TARGET,
)
def check_target(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The provider's scaling, the version on it, and what the burst cost there."""

    def wrong(idea: str, message: str, expected: object, found: object, step: str, credit: float = 0.3) -> Verdict:
        return refused(f"roomy-{idea}", message, expected=expected, found=shown(found), next_step=step, credit=credit)

    version = answers["roomy_version"]
    answer, code = asked(account.client("lambda").get_capacity_provider, CapacityProviderName=ROOMY)
    if code:
        return wrong("no-provider", f"There is no capacity provider {ROOMY}.", ROOMY, code, "Create it.", 0.0)
    provider = answer["CapacityProvider"]
    config = provider.get("CapacityProviderScalingConfig") or {}
    policies = {item["PredefinedMetricType"]: item["TargetValue"] for item in config.get("ScalingPolicies") or []}
    if config.get("ScalingMode") != "Manual" or METRIC not in policies:
        return wrong("auto", "In Auto mode AWS chooses the target.", f"Manual with a policy for {METRIC}", config,
                     "ScalingMode Manual, and ScalingPolicies with one target.")  # fmt: skip
    configuration, problem = judge_version(account, ROOMY, version, "roomy")
    if problem is not None:
        return problem
    if provider_of(configuration) != provider["CapacityProviderArn"]:
        return wrong("on-another-provider", "The version stands on another provider, and scales by that one's target.",
                     provider["CapacityProviderArn"], provider_of(configuration),
                     "experiment.deploy(…, capacity_provider_arn=…). An existing function must be deleted first.")  # fmt: skip
    target = float(policies[METRIC])
    if target < 1:
        return wrong("fraction", "The target is in per cent. This asks for an idle fleet.", "a number such as 60", target,
                     "Multiply by 100.")  # fmt: skip
    applied, _ = applied_scaling(account, ROOMY, str(version))
    if applied.get("MinExecutionEnvironments", 3) > 3:
        return wrong("floor-instead", "A higher minimum carries the burst here, not the target.", "the default minimum of 3", applied,
                     "Put MinExecutionEnvironments 3, and play again.")  # fmt: skip
    report, problem = judge_tripled(account, f"{ROOMY}:{version}", "roomy")
    if problem is not None:
        return problem
    assert report is not None
    share = worst_minute(report.rows)
    if any(item["what"] == "refused" for item in report.document["happened"]):
        return wrong("capped", "The scaler wanted more environments, and the provider's cap did not let it.", "room under the cap",
                     f"MaxVCpuCount {config.get('MaxVCpuCount')}", "Raise MaxVCpuCount.", 0.4)  # fmt: skip
    if share > NEXT_TO_NONE:
        return wrong("too-high", "Requests were still refused. At a target of T % the burst may grow to 100/T times the traffic, less what whole "
                     "environments and the scaler's tolerance take.", f"below {NEXT_TO_NONE} % in every minute",
                     f"{share:.2f} % with a target of {target:g}", "Lower the target and play again.", 0.4)  # fmt: skip
    if target < LEAST:
        return wrong("wasteful", "It carries the burst, and five times as much, which you pay for.", f"a target of {LEAST:g} or more", target,
                     "Try how high you can go.", 0.6)  # fmt: skip
    return passed(
        f"At {target:g} % the fleet is large enough for three times the traffic, at any hour and any level of it."
    )
