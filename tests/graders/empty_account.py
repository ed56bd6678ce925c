"""An account in which checks find nothing."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from lmi_labs.account import AccountError


class EmptyAccount:
    """An account in which nothing is found."""

    world = "moto"
    region = "us-east-1"

    def client(self, service: str) -> EmptyAccount:
        """A client that finds nothing."""
        return self

    def other(self, account_id: str) -> Any:
        """No other account can be had from it."""
        raise AccountError("in the emulator only")

    def __getattr__(self, operation: str) -> Any:
        def answer(**_: Any) -> Any:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": "no such thing"}}, operation)

        return answer
