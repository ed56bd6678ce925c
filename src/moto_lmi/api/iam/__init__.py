"""The IAM API with the AWS managed policies that functions and capacity providers need."""

from __future__ import annotations


def install() -> None:
    """Let moto answer IAM requests with this backend from now on."""
    from moto.iam.models import iam_backends

    from moto_lmi.api.iam.models import LMIIAMBackend

    iam_backends.backend = LMIIAMBackend
