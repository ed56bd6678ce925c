"""The IAM backend with a few AWS managed policies. moto finds the paths of a backend from the name of this module.

moto knows all of AWS's policies but loads none by itself, because reading 1,500 of them takes most of a second for
every account. An operator role without AWSLambdaManagedEC2ResourceOperator is no use, so the ones below are there.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.settings import load_iam_aws_managed_policies

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
