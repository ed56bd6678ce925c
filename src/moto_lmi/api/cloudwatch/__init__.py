"""The CloudWatch API, mended where moto answers wrongly or not at all; each defect has a file of its own.

series, listing     what is stored, and ListMetrics (moto: quadratic, and the same metric many times)
statistics          percentiles, trimmed statistics (moto: a TypeError)
queries             exact dimensions, periods from StartTime (moto: a subset of dimensions matches)
math_*              metric math (moto: an empty result)
search              SEARCH expressions (moto: an empty result)
alarm*              alarms that evaluate, composite alarms, their history (moto: always OK)
"""

from __future__ import annotations


def install() -> None:
    """Let moto answer CloudWatch requests with this backend from now on."""
    from moto.cloudwatch.models import cloudwatch_backends

    from moto_lmi.api.cloudwatch.models import LMICloudWatchBackend

    cloudwatch_backends.backend = LMICloudWatchBackend
