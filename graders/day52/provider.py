"""Tasks 52.06 and 52.14: the capacity provider with its guardrails, and what of it may change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graders.day52.anchors import GUARDRAILS, UPDATE
from graders.reading import asked, listed, pages, provider_named, shown, texts
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

CAP, RAISED_CAP, TARGET = 24, 48, 60.0
CPU_METRIC = "LambdaCapacityProviderAverageCPUUtilization"
CREATE_ONLY = frozenset({"VpcConfig", "PermissionsConfig", "InstanceRequirements", "KmsKeyArn"})
UPDATABLE = frozenset({"CapacityProviderScalingConfig", "PropagateTags", "TelemetryConfig"})


@task(
    "52.06",
    title="Create the capacity provider",
    points=11,
    syllabus=("52.1", "52.2", "52.4", "52.5", "52.6"),
    answers=("capacity_provider_name",),
    docs=GUARDRAILS,
)
def check_provider(account: Account, answers: Mapping[str, object]) -> Verdict:
    """An Active provider over three zones, for Graviton, with an own key, a cap of 24 vCPUs and a CPU target of 60."""
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None:
        return problem
    if provider["State"] != "Active":
        return refused(
            "provider-not-active",
            "The provider exists but is not Active yet. Create answers at once and goes on in the background.",
            expected="Active",
            found=provider["State"],
            next_step="Wait with lab.wait_until, then check again.",
            credit=0.3,
        )
    judged = {
        "zones": _judge_zones(account, provider),
        "groups": _judge_groups(provider),
        "architecture": _judge_architecture(provider),
        "types": _judge_types(provider),
        "key": _judge_key(account, provider),
        "cap": _judge_cap(provider),
        "mode": _judge_mode(provider),
    }
    wrong = [finding for finding in judged.values() if finding is not None]
    if not wrong:
        return passed("Three zones, Graviton, your key, at most 24 vCPUs. No instance runs yet, and none is billed.")
    misconception, message, expected, found, step = wrong[0]
    share = 0.9 * (len(judged) - len(wrong)) / len(judged)
    return refused(misconception, message, expected=expected, found=found, next_step=step, credit=round(share, 2))


Finding = tuple[str, str, str, str, str]
"""Misconception, message, expected, found, next step."""

_AGAIN = "This is fixed at creation: delete the provider, wait until it is gone, and create it again."


def _judge_zones(account: Account, provider: Mapping[str, Any]) -> Finding | None:
    subnet_ids = provider["VpcConfig"]["SubnetIds"]
    answer, _ = asked(account.client("ec2").describe_subnets, SubnetIds=subnet_ids)
    zones = {subnet["AvailabilityZone"] for subnet in answer.get("Subnets", [])}
    if len(zones) >= 3:
        return None
    message = "The provider does not span three zones. Instances can only go where a subnet is."
    return (
        "provider-few-zones",
        message,
        "subnets in three zones",
        listed(zones),
        f"Pass subnet_ids, all three. {_AGAIN}",
    )


def _judge_groups(provider: Mapping[str, Any]) -> Finding | None:
    if provider["VpcConfig"].get("SecurityGroupIds"):
        return None
    message = "The list of security groups is empty, which the API accepts. What leaves the instances is then not in your hands."
    return (
        "provider-no-security-group",
        message,
        "your security group",
        "an empty list",
        f"Pass [security_group_id]. {_AGAIN}",
    )


def _judge_architecture(provider: Mapping[str, Any]) -> Finding | None:
    named = provider.get("InstanceRequirements", {}).get("Architectures", [])
    if named == ["arm64"]:
        return None
    message = "The provider is for x86_64, which is what you get when InstanceRequirements names nothing else."
    return "provider-x86", message, "['arm64']", shown(named), f"Pass instance_requirements. {_AGAIN}"


def _judge_types(provider: Mapping[str, Any]) -> Finding | None:
    if provider.get("InstanceRequirements", {}).get("AllowedInstanceTypes"):
        return None
    message = "No instance types are named: your requirements from the task before have not arrived whole."
    return (
        "provider-any-type",
        message,
        "AllowedInstanceTypes",
        "none",
        f"Pass instance_requirements as it is. {_AGAIN}",
    )


def _judge_key(account: Account, provider: Mapping[str, Any]) -> Finding | None:
    key_arn = provider.get("KmsKeyArn")
    if not key_arn:
        message = "No KMS key is named, so the volumes are encrypted with a key that AWS manages. Fine for many; here you bring your own."
        return "provider-no-key", message, "the ARN of your key", "none", f"Pass KmsKeyArn. {_AGAIN}"
    answer, code = asked(account.client("kms").describe_key, KeyId=key_arn)
    key = answer.get("KeyMetadata", {})
    if code:
        message = "KMS does not know the key. CreateCapacityProvider did not mind: a wrong key shows only when instances are launched."
        return (
            "provider-key-unknown",
            message,
            "a key that exists",
            f"{shown(key_arn)}: {code}",
            f"Use the Arn of create_key. {_AGAIN}",
        )
    if key.get("KeyManager") == "AWS":
        message = "This key is managed by AWS. You asked for what you would have had anyway."
        return (
            "provider-key-of-aws",
            message,
            "a key of your own",
            shown(key_arn),
            f"Use the Arn of create_key. {_AGAIN}",
        )
    if key.get("KeyState") != "Enabled":
        message = "The key cannot be used in its state. The provider is Active all the same, but no instance could be launched."
        return (
            "provider-key-not-enabled",
            message,
            "Enabled",
            shown(key.get("KeyState")),
            "Cancel the deletion or enable the key.",
        )
    return None


def _judge_cap(provider: Mapping[str, Any]) -> Finding | None:
    cap = provider.get("CapacityProviderScalingConfig", {}).get("MaxVCpuCount")
    if cap == CAP:
        return None
    expected, step = f"MaxVCpuCount {CAP}", "Change it in place with update_capacity_provider."
    if cap == 400:
        message = "MaxVCpuCount is 400, the default. An hour of 400 vCPUs is an expensive surprise."
        return "provider-default-cap", message, expected, "400", step
    if type(cap) is int and cap <= 3:
        message = (
            "MaxVCpuCount counts vCPUs of whole instances, not instances. Three instances have far more than that."
        )
        return "provider-cap-counts-instances", message, expected, str(cap), step
    if type(cap) is int and cap < 12:
        message = "The cap is too small for three instances of four vCPUs each: a version could never become Active."
        return "provider-cap-too-low", message, expected, str(cap), step
    message = "The cap is not the one that was agreed. Whoever watches the budget relies on it."
    return "provider-other-cap", message, expected, shown(cap), step


def _judge_mode(provider: Mapping[str, Any]) -> Finding | None:
    config = provider.get("CapacityProviderScalingConfig", {})
    step = "Change it in place with update_capacity_provider."
    expected = f"Manual, {CPU_METRIC} at {TARGET:g}"
    if config.get("ScalingMode") != "Manual":
        message = "The mode is Auto: Lambda picks the target. Here you set it yourself, and that is the mode Manual with a policy."
        return "provider-auto", message, expected, shown(config.get("ScalingMode")), step
    policies = {item["PredefinedMetricType"]: item["TargetValue"] for item in config.get("ScalingPolicies", [])}
    if CPU_METRIC not in policies:
        message = "The policy follows GPUs, and these instances have none. The CPU metric is the one to follow."
        return "provider-gpu-metric", message, expected, listed(policies), step
    target = policies[CPU_METRIC]
    if target == TARGET:
        return None
    if 0 < target <= 1:
        message = "The target is a percentage from 0 to 100, not a fraction. At this target Lambda would scale out for nearly nothing."
        return "provider-target-fraction", message, expected, shown(target), step
    if target >= 90:
        message = (
            "A target this high leaves no headroom: new instances take minutes, and until then requests are throttled."
        )
        return "provider-target-too-high", message, expected, shown(target), step
    return "provider-other-target", "The CPU target is not 60 percent.", expected, shown(target), step


# --- 52.14: what may change ----------------------------------------------------------------------------------------------


@task(
    "52.14",
    title="Raise the guardrail, know what is fixed",
    points=5,
    syllabus=("52.6", "52.7"),
    answers=("create_only", "capacity_provider_name"),
    docs=UPDATE,
)
def check_raised_cap(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The same provider with a cap of 48, its policy kept; and the set of create-only members."""
    provider, problem = provider_named(account, answers["capacity_provider_name"])
    if problem is not None:
        return problem
    members = _judge_create_only(answers["create_only"])
    raised = _judge_raised(account, provider, answers["capacity_provider_name"])
    wrong = [finding for finding in (raised, members) if finding is not None]
    if not wrong:
        return passed("Raised in place, policy kept. VPC, role, requirements and key need a new provider.")
    misconception, message, expected, found, step = wrong[0]
    return refused(
        misconception, message, expected=expected, found=found, next_step=step, credit=0.5 if len(wrong) == 1 else 0.0
    )


def _judge_raised(account: Account, provider: Mapping[str, Any], name: object) -> Finding | None:
    config = provider.get("CapacityProviderScalingConfig", {})
    cap, expected = config.get("MaxVCpuCount"), f"MaxVCpuCount {RAISED_CAP} on the provider that your function runs on"
    versions = pages(
        account.client("lambda").list_function_versions_by_capacity_provider,
        "FunctionVersions",
        CapacityProviderName=name,
    )
    if not versions:
        message = "This provider has no function versions: it is a second one. The cap of the first could be raised where it stands."
        return (
            "cap-new-provider",
            message,
            expected,
            "a provider without versions",
            "Update the provider that your function runs on.",
        )
    step = f"Call update_capacity_provider with MaxVCpuCount {RAISED_CAP}."
    if cap == CAP:
        return "cap-not-raised", "The cap is still what it was at creation.", expected, shown(cap), step
    if cap == CAP + RAISED_CAP:
        return "cap-added", "The value replaces the old one; it is not added to it.", expected, shown(cap), step
    if cap != RAISED_CAP:
        return "cap-other", "The cap was changed, but not to 48.", expected, shown(cap), step
    if config.get("ScalingMode") != "Manual":
        message = "The cap is raised, but the mode went to Auto on the way, and the policy with it."
        return (
            "cap-lost-policy",
            message,
            "Manual, as before",
            shown(config.get("ScalingMode")),
            "Set Manual with the policy again.",
        )
    return None


def _judge_create_only(value: object) -> Finding | None:
    expected, step = "a set of four of the seven names", "Compare the request members of the two operations."
    if type(value) is str:
        return (
            "create-only-text",
            "This is one string. Several names are wanted, as a set.",
            expected,
            shown(value),
            'Write {"…", "…"}.',
        )
    names = texts(value)
    if names is None:
        return "create-only-form", "This is not a set of member names.", expected, shown(value), 'Write {"…", "…"}.'
    chosen = set(names)
    if chosen == CREATE_ONLY:
        return None
    found = listed(chosen)
    if not chosen:
        return (
            "create-only-empty",
            "Nothing is named. But there is no way to move a provider to other subnets, for example.",
            expected,
            found,
            step,
        )
    if chosen == UPDATABLE:
        return (
            "create-only-inverted",
            "These are exactly the members that UpdateCapacityProvider takes.",
            expected,
            found,
            "Name the other ones.",
        )
    if not chosen <= CREATE_ONLY | UPDATABLE:
        return (
            "create-only-names",
            "Not all of these are names of the API's members, with their capital letters.",
            expected,
            found,
            step,
        )
    return _judge_members(chosen, expected, found, step)


def _judge_members(chosen: set[str], expected: str, found: str, step: str) -> Finding:
    for member, misconception, message in (
        (
            "CapacityProviderScalingConfig",
            "create-only-has-scaling",
            "You have just changed the scaling config in place.",
        ),
        (
            "PropagateTags",
            "create-only-has-tags",
            "Propagated tags can be changed; the new ones go to new instances only.",
        ),
        (
            "TelemetryConfig",
            "create-only-has-telemetry",
            "Where the provider's system logs go, and at which level, can be changed.",
        ),
    ):
        if member in chosen:
            return misconception, message, expected, found, step
    for member, misconception, message in (
        (
            "VpcConfig",
            "create-only-without-vpc",
            "Subnets and security groups are missing from your set: running instances stand in them.",
        ),
        (
            "PermissionsConfig",
            "create-only-without-role",
            "The operator role is missing from your set. To swap it, change its policies, or make a new provider.",
        ),
        (
            "InstanceRequirements",
            "create-only-without-requirements",
            "Instance requirements are missing from your set: an arm64 provider stays one.",
        ),
        (
            "KmsKeyArn",
            "create-only-without-key",
            "The key is missing from your set: volumes keep the key with which they were encrypted.",
        ),
    ):
        if member not in chosen:
            return misconception, message, expected, found, step
    raise AssertionError("every set of known names was dealt with")
