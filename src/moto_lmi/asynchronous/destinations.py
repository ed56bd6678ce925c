"""Where the record of an asynchronous invocation goes: SQS, SNS, Lambda, EventBridge, S3; and dead letters.

A record that can't be delivered is dropped with a warning, as on AWS; it never disturbs anybody.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.awslambda.utils import get_backend
from moto.moto_api._internal import mock_random

from moto_lmi.api.errors import OwnSentence

log = logging.getLogger(__name__)

_KINDS = {
    "OnSuccess": ("sqs", "sns", "lambda", "events"),
    "OnFailure": ("sqs", "sns", "lambda", "events", "s3"),
    "DeadLetterConfig": ("sqs", "sns"),
}
_ERROR_MESSAGE_BYTES = 1024


def check_destination(arn: str, side: str) -> None:
    """Refuse an ARN to which Lambda sends no records on that side: a FIFO queue or topic, or another service."""
    kind = _service(arn)
    if kind not in _KINDS.get(side, ()) or (kind in ("sqs", "sns") and arn.endswith(".fifo")):
        raise OwnSentence("bad_destination", arn=arn, side=side, kinds=", ".join(_KINDS[side]))


def timestamp(moment: datetime) -> str:
    """The moment as records have it, with milliseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"


def send_record(
    arn: str, record: Mapping[str, Any], *, account_id: str, region: str, now: datetime, prefix: str
) -> None:
    """Send an invocation record to a destination. `prefix` begins the key of an object in S3."""
    body = json.dumps(record)
    try:
        kind = _service(arn)
        if kind == "sqs":
            _to_queue(arn, body, {})
        elif kind == "sns":
            _to_topic(arn, body, {})
        elif kind == "events":
            _to_bus(arn, record, body)
        elif kind == "s3":
            _to_bucket(arn, body, account_id, now, prefix)
        else:
            get_backend(account_id, region).invoke_event(arn, body.encode())  # type: ignore[attr-defined]
    except Exception as exc:
        log.warning("an invocation record could not be sent to %s: %s", arn, exc)


def send_dead_letter(arn: str, payload: bytes, request_id: str, code: int, message: str) -> None:
    """Send a discarded event to a dead-letter queue or topic, with AWS's three attributes."""
    text = message.encode()[:_ERROR_MESSAGE_BYTES].decode(errors="ignore")
    attributes = {"RequestID": ("String", request_id), "ErrorCode": ("Number", str(code))}
    if text:
        attributes["ErrorMessage"] = ("String", text)
    try:
        send = _to_queue if _service(arn) == "sqs" else _to_topic
        send(arn, payload.decode(), attributes)
    except Exception as exc:
        log.warning("a dead letter could not be sent to %s: %s", arn, exc)


def _service(arn: str) -> str:
    parts = arn.split(":", 5)
    return parts[2] if len(parts) == 6 else ""


def _place(arn: str) -> tuple[str, str, str]:
    """Region, account and resource of an ARN."""
    _, _, _, region, account_id, resource = arn.split(":", 5)
    return region, account_id, resource


def _to_queue(arn: str, body: str, attributes: Mapping[str, tuple[str, str]]) -> None:
    from moto.sqs.models import sqs_backends

    region, account_id, name = _place(arn)
    typed = {key: {"DataType": kind, "StringValue": text} for key, (kind, text) in attributes.items()}
    sqs_backends[account_id][region].send_message(name, body, message_attributes=typed)


def _to_topic(arn: str, body: str, attributes: Mapping[str, tuple[str, str]]) -> None:
    from moto.sns.models import sns_backends

    region, account_id, _ = _place(arn)
    typed = {key: {"Type": kind, "Value": text} for key, (kind, text) in attributes.items()}
    sns_backends[account_id][region].get_topic(arn).publish(body, message_attributes=typed)


def _to_bus(arn: str, record: Mapping[str, Any], body: str) -> None:
    from moto.events.models import events_backends

    region, account_id, _ = _place(arn)
    succeeded = record["requestContext"]["condition"] == "Success"
    event = {
        "Source": "lambda",
        "DetailType": f"Lambda Function Invocation Result - {'Success' if succeeded else 'Failure'}",
        "Detail": body,
        "EventBusName": arn,
        "Resources": [arn, record["requestContext"]["functionArn"]],
    }
    events_backends[account_id][region].put_events([event])


def _to_bucket(arn: str, body: str, account_id: str, now: datetime, prefix: str) -> None:
    from moto.s3.models import s3_backends

    bucket = arn.split(":::")[-1]
    key = f"{prefix}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}-{mock_random.uuid4()}"
    s3_backends[account_id]["aws"].put_object(bucket, key, body.encode())
