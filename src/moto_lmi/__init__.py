"""Lambda Managed Instances for moto: an emulator that behaves, with no knowledge of the course.

    import boto3, moto, moto_lmi

    moto_lmi.enable()
    with moto.mock_aws():
        boto3.client("lambda").create_capacity_provider(...)

What takes minutes on AWS takes minutes of virtual time here; `moto_lmi.clock.advance_all(120)` makes them pass.
"""

from __future__ import annotations

from moto_lmi.clock import set_default_speed

__all__ = ["enable"]


def enable(speed: float = 1.0) -> None:
    """Let moto answer for managed instances from now on. Harmless when called again.

    Call it before the first Lambda or EC2 call of the process, or before `mock_aws` starts. `speed` is how many
    virtual seconds pass in a real one, for accounts that are used from now on; 0 lets time stand still until it is
    advanced. Raises ValueError for a speed outside 0..1000000.
    """
    set_default_speed(speed)
    from moto.awslambda.models import lambda_backends
    from moto.awslambda_simple.models import lambda_simple_backends

    from moto_lmi.api import cloudformation, cloudwatch, ec2, iam, kms, logs, scheduler, sqs
    from moto_lmi.api.lambda_.models import LMILambdaBackend, LMILambdaSimpleBackend

    lambda_backends.backend = LMILambdaBackend
    lambda_simple_backends.backend = LMILambdaSimpleBackend
    cloudformation.install()
    cloudwatch.install()
    ec2.install()
    iam.install()
    kms.install()
    logs.install()
    scheduler.install()
    sqs.install()
