"""The EC2 API with managed resources: instances that AWS operates in the account, hidden and immutable."""

from __future__ import annotations


def install() -> None:
    """Let moto answer EC2 requests with this backend from now on."""
    from moto.ec2.models import ec2_backends

    from moto_lmi.api.ec2.models import LMIEC2Backend

    ec2_backends.backend = LMIEC2Backend
