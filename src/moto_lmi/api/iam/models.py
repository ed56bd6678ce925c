"""The IAM backend with a few AWS managed policies. moto finds the paths of a backend from the name of this module.

A policy document that is refused is told where it is wrong, beside AWS's sentence; trust policies are read before they
are stored, which moto does only when they are changed.

moto knows all of AWS's policies but loads none by itself, because reading 1,500 of them takes most of a second for
every account. An operator role without AWSLambdaManagedEC2ResourceOperator is no use, so the ones below are there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.exceptions import MalformedPolicyDocument
from moto.iam.models import AWSManagedPolicy, IAMBackend, ManagedPolicy, PolicyVersion, Role
from moto.settings import load_iam_aws_managed_policies

from moto_lmi import facts
from moto_lmi.iam.policy import Kind, PolicyError, read_policy

_OTHERS = (
    "AdministratorAccess",
    "AmazonEC2FullAccess",
    "AmazonEC2ReadOnlyAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonVPCFullAccess",
    "CloudWatchLambdaInsightsExecutionRolePolicy",
    "PowerUserAccess",
)
_NAME = re.compile(r'^ "(AWSLambda\w*|' + "|".join(_OTHERS) + r')":', re.MULTILINE)


@cache
def _policies() -> dict[str, dict[str, Any]]:
    """Those policies, cut from moto's text without parsing the rest of it."""
    decoder = json.JSONDecoder()
    return {
        match[1]: decoder.raw_decode(aws_managed_policies_data, match.end())[0]
        for match in _NAME.finditer(aws_managed_policies_data)
    }


class LMIIAMBackend(IAMBackend):
    """moto's IAM backend, with the managed policies of Lambda and a few general ones."""

    def _init_aws_policies(self) -> list[Any]:
        if load_iam_aws_managed_policies():
            everything: list[Any] = super()._init_aws_policies()
            return everything
        return [
            AWSManagedPolicy.from_data(name, self.account_id, self.region_name, data)
            for name, data in _policies().items()
        ]

    def create_role(self, role_name: str, assume_role_policy_document: str, *args: Any, **members: Any) -> Role:
        """CreateRole, refused for a trust policy that can't be read."""
        with _named_place(assume_role_policy_document, Kind.TRUST):
            read_policy(assume_role_policy_document, Kind.TRUST)
        return super().create_role(role_name, assume_role_policy_document, *args, **members)

    def update_assume_role_policy(self, role_name: str, policy_document: str) -> None:
        """UpdateAssumeRolePolicy."""
        with _named_place(policy_document, Kind.TRUST):
            super().update_assume_role_policy(role_name, policy_document)

    def put_role_policy(self, role_name: str, policy_name: str, policy_json: str) -> None:
        """PutRolePolicy."""
        with _named_place(policy_json):
            super().put_role_policy(role_name, policy_name, policy_json)

    def put_user_policy(self, user_name: str, policy_name: str, policy_json: str) -> None:
        """PutUserPolicy."""
        with _named_place(policy_json):
            super().put_user_policy(user_name, policy_name, policy_json)

    def put_group_policy(self, group_name: str, policy_name: str, policy_json: str) -> None:
        """PutGroupPolicy."""
        with _named_place(policy_json):
            super().put_group_policy(group_name, policy_name, policy_json)

    def create_policy(
        self, description: str, path: str, policy_document: str, policy_name: str, tags: list[dict[str, str]]
    ) -> ManagedPolicy:
        """CreatePolicy."""
        with _named_place(policy_document):
            return super().create_policy(description, path, policy_document, policy_name, tags)

    def create_policy_version(self, policy_arn: str, policy_document: str, set_as_default: bool) -> PolicyVersion:
        """CreatePolicyVersion."""
        with _named_place(policy_document):
            return super().create_policy_version(policy_arn, policy_document, set_as_default)


@contextmanager
def _named_place(document: str, kind: Kind = Kind.IDENTITY) -> Iterator[None]:
    """Add to a refusal of the document where in it the mistake is, if the reader of policies finds one too."""
    try:
        yield
    except PolicyError as error:
        raise MalformedPolicyDocument(_place(error)) from error
    except MalformedPolicyDocument as refusal:
        try:
            version = read_policy(document, kind).version
            if kind is Kind.IDENTITY and version != "2012-10-17":
                raise PolicyError("Version", "it must be 2012-10-17")
        except PolicyError as error:
            raise MalformedPolicyDocument(f"{refusal.message} ({_place(error)})") from refusal
        raise


def _place(error: PolicyError) -> str:
    return facts.ours("iam_malformed_policy").format(place=error.place, problem=error.problem).message
