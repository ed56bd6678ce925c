"""The KMS backend. moto finds the paths of a backend from the name of this module.

A capacity provider names its key by ARN, and so will whoever disables or deletes that key. moto 5.2.5 accepts an ARN
in these four operations and then fails with a KeyError.
"""

from __future__ import annotations

from moto.kms.models import KmsBackend


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
