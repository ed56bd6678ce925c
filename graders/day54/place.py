"""Where lab 54 stands: its provider with subnets and groups, its VPC, its function's log, by the name that all of it has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graders.reading import asked
from lmi_labs.account import Account
from lmi_labs.ground import present_endpoints
from lmi_labs.tasks import Verdict, refused
from moto_lmi import network
from moto_lmi.network import ProviderVerdict

NAME = "lmi-lab-54"
FUNCTION = f"{NAME}-orders"
LOG_GROUP = f"/aws/lambda/{FUNCTION}"


@dataclass(frozen=True)
class Place:
    """The lab's network as describe calls tell it."""

    account: Account
    vpc_id: str
    subnet_ids: tuple[str, ...]
    group_ids: tuple[str, ...]

    @property
    def ec2(self) -> Any:
        """The account's EC2 client."""
        return self.account.client("ec2")

    @property
    def here(self) -> list[dict[str, Any]]:
        """The filter for what is in the VPC."""
        return [{"Name": "vpc-id", "Values": [self.vpc_id]}]

    def reach(self, to: str) -> ProviderVerdict:
        """Whether the instances reach the destination now."""
        return network.reach(self.ec2, self.subnet_ids, self.group_ids, to)

    def group(self, group_id: str) -> dict[str, Any]:
        """A security group; empty when there is none."""
        groups = asked(self.ec2.describe_security_groups, GroupIds=[group_id])[0].get("SecurityGroups", [])
        return groups[0] if groups else {}

    def endpoints(self, service: str = "") -> list[dict[str, Any]]:
        """The VPC's endpoints, of all services or of one."""
        found = present_endpoints(self.ec2, self.vpc_id)
        return [item for item in found if not service or item["ServiceName"].endswith(f".{service}")]

    def endpoint_groups(self) -> set[str]:
        """The security groups that the VPC's endpoints are in."""
        return {group["GroupId"] for item in self.endpoints() for group in item.get("Groups", ())}


def place(account: Account) -> tuple[Place | None, Verdict | None]:
    """The lab's network, or why there is none."""
    answer, code = asked(account.client("lambda").get_capacity_provider, CapacityProviderName=NAME)
    if code:
        return None, refused(
            "ground-missing",
            "The lab's capacity provider is not there, so there is no network to look at.",
            expected=f"the capacity provider {NAME}",
            found=code,
            next_step="Run the cell with ground.prepare at the top, and then the lab's cells in their order.",
        )
    config = answer["CapacityProvider"]["VpcConfig"]
    subnets = asked(account.client("ec2").describe_subnets, SubnetIds=config["SubnetIds"])[0].get("Subnets", [])
    vpc_id = str(subnets[0]["VpcId"]) if subnets else ""
    return Place(account, vpc_id, tuple(sorted(config["SubnetIds"])), tuple(config["SecurityGroupIds"])), None


def log_events(account: Account) -> list[dict[str, Any]]:
    """All events of the function's log, oldest first; none while there is no log group."""
    call = account.client("logs").filter_log_events
    events: list[dict[str, Any]] = []
    token: dict[str, str] = {}
    while True:
        answer, code = asked(call, logGroupName=LOG_GROUP, **token)
        events += answer.get("events", [])
        if code or not answer.get("nextToken"):
            return sorted(events, key=lambda event: event["timestamp"])
        token = {"nextToken": answer["nextToken"]}


def line_of(event: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON line of the function in an event; empty for what the platform says, and for what is no JSON object."""
    try:
        line = json.loads(event["message"])
    except (ValueError, KeyError, TypeError):
        return {}
    return line if isinstance(line, dict) and "requestId" in line else {}
