"""The KMS backend. moto finds the paths of a backend from the name of this module.

A capacity provider names its key by ARN, and so will whoever disables or deletes that key. moto 5.2.5 accepts an ARN
in these four operations and then fails with a KeyError. A key policy that can't be read is refused, as AWS does.
"""

from __future__ import annotations

from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import Key, KmsBackend

from moto_lmi import facts
from moto_lmi.iam.policy import Kind, PolicyError, read_policy


class MalformedPolicyDocument(JsonRESTError):
    """A key policy is not valid; the class is KMS's."""

    code = 400

    def __init__(self, error: PolicyError) -> None:
        sentence = facts.ours("iam_malformed_policy").format(place=error.place, problem=error.problem)
        super().__init__("MalformedPolicyDocumentException", sentence.message)


class LMIKMSBackend(KmsBackend):
    """moto's KMS backend, in which a key may be named by its ARN everywhere."""

    def disable_key(self, key_id: str) -> None:
        """DisableKey by key id or ARN."""
        super().disable_key(self.get_key_id(key_id))

    def enable_key(self, key_id: str) -> None:
        """EnableKey by key id or ARN."""
        super().enable_key(self.get_key_id(key_id))

    def cancel_key_deletion(self, key_id: str) -> None:
        """CancelKeyDeletion by key id or ARN."""
        super().cancel_key_deletion(self.get_key_id(key_id))

    def schedule_key_deletion(self, key_id: str, pending_window_in_days: int) -> float:
        """ScheduleKeyDeletion by key id or ARN."""
        return super().schedule_key_deletion(self.get_key_id(key_id), pending_window_in_days)

    def create_key(self, policy: str | None, *args: Any, **members: Any) -> Key:
        """CreateKey, refused for a key policy that can't be read."""
        if policy:
            _check_policy(policy)
        return super().create_key(policy, *args, **members)

    def put_key_policy(self, key_id: str, policy: str) -> None:
        """PutKeyPolicy, refused for a policy that can't be read."""
        _check_policy(policy)
        super().put_key_policy(key_id, policy)


def _check_policy(policy: str) -> None:
    try:
        read_policy(policy, Kind.RESOURCE)
    except PolicyError as error:
        raise MalformedPolicyDocument(error) from error
