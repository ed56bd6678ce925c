"""The KMS API, mended where a provider's key is named by its ARN."""

from __future__ import annotations


def install() -> None:
    """Let moto answer KMS requests with this backend from now on."""
    from moto.kms.models import kms_backends

    from moto_lmi.api.kms.models import LMIKMSBackend

    kms_backends.backend = LMIKMSBackend
