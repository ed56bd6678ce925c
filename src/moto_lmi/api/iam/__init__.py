"""The IAM API with the AWS managed policies that functions and capacity providers need."""

from __future__ import annotations


def install() -> None:
    """Let moto answer IAM requests with this backend from now on."""
    from moto.iam.models import SERVICE_NAME_CONVERSION, iam_backends

    from moto_lmi.api.iam.models import LMIIAMBackend

    iam_backends.backend = LMIIAMBackend
    # Without this moto calls the service-linked role AWSServiceRoleForlambda.
    SERVICE_NAME_CONVERSION["lambda"] = "Lambda"
