"""The SQS API, which tells event source mappings when messages come."""

from __future__ import annotations


def install() -> None:
    """Let moto answer SQS requests with this backend from now on."""
    from moto.sqs.models import sqs_backends

    from moto_lmi.api.sqs.models import LMISQSBackend

    sqs_backends.backend = LMISQSBackend
