"""The account that the labs work in: the emulator in this process, the emulator over HTTP, or a real AWS account.

Which one it is, is set outside the notebook: `LMI_LABS_ACCOUNT` is `moto`, `server` or `aws`. Left unset, it is the
emulator at `LMI_LABS_ENDPOINT`, which `lmi-labs start` sets, or else the emulator in this process.
"""

from __future__ import annotations

import contextlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

WORLDS = ("moto", "server", "aws")
DEFAULT_REGION = "us-east-1"
DEFAULT_SPEED = 20.0
"""Virtual seconds per second in the labs: what takes a minute and a half on AWS takes under five seconds."""

DUMMY_KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}

_in_process = False


class AccountError(Exception):
    """The account can't be used; the message names the thing, the reason and the fix."""


class Account:
    """One account with its clients. The same checks read it in every world."""

    def __init__(self, world: str) -> None:
        self.world = world
        self._clients: dict[str, Any] = {}

    @property
    def region(self) -> str:
        """The Region that the labs use."""
        return os.environ.get("AWS_DEFAULT_REGION") or os.environ.get("AWS_REGION") or DEFAULT_REGION

    def client(self, service: str) -> Any:
        """A boto3 client for the service, made once."""
        if service not in self._clients:
            import boto3

            self._clients[service] = boto3.client(service, region_name=self.region)  # type: ignore[call-overload]
        return self._clients[service]

    @cached_property
    def account_id(self) -> str:
        """The twelve digits of the account."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def advance(self, seconds: float) -> None:
        """Let virtual seconds pass. Raises AccountError in a real account, where nobody can do that."""
        if self.world == "aws":
            raise AccountError("Time can't be advanced in a real AWS account; wait, or use lab.wait_until(...).")
        if self.world == "moto":
            from moto_lmi.clock import clock_for

            clock_for(self.account_id).advance(seconds)
            return
        self.ask_server("POST", f"advance?seconds={seconds}&account={self.account_id}")

    def now(self) -> datetime:
        """The account's virtual time, UTC. Raises AccountError in a real account, whose time is the wall clock's."""
        return datetime.fromisoformat(self._clock()["now"])

    @contextlib.contextmanager
    def time_held(self) -> Iterator[None]:
        """Let time stand still but for `advance`, so that what follows does not depend on how fast the machine is.

        Raises AccountError in a real account.
        """
        before = self._clock()["speed"]
        self._set_speed(0)
        try:
            yield
        finally:
            self._set_speed(before)

    def _clock(self) -> Any:
        if self.world == "aws":
            raise AccountError("Virtual time is the emulator's only; set LMI_LABS_ACCOUNT to moto to use it.")
        if self.world == "moto":
            from moto_lmi.clock import clock_for

            clock = clock_for(self.account_id)
            return {"now": clock.now().isoformat(), "speed": clock.speed}
        return self.ask_server("GET", f"clock?account={self.account_id}")[self.account_id]

    def _set_speed(self, factor: float) -> None:
        if self.world == "moto":
            from moto_lmi.clock import clock_for

            clock_for(self.account_id).speed = factor
            return
        self.ask_server("POST", f"speed?factor={factor:g}&account={self.account_id}")

    def other(self, account_id: str) -> OtherAccount:
        """Another account of the same emulator, by its twelve digits, with nothing in it until something is made.

        Its clients have a role's credentials there. Raises AccountError in a real account.
        """
        if self.world == "aws":
            raise AccountError("Another account can be had in the emulator only; set LMI_LABS_ACCOUNT to moto.")
        return OtherAccount(self, account_id)

    def ask_server(self, method: str, path: str, document: object = None) -> Any:
        """The answer of the emulator's own API (`moto_lmi.internal_api`) over HTTP, in the world `server`.

        Raises AccountError with the emulator's sentence when it refuses, or when it does not answer.
        """
        url = f"{os.environ['LMI_LABS_ENDPOINT']}/moto-api/lmi/{path}"
        body = None if document is None else json.dumps(document).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, method=method), timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as exc:
            with exc:
                raise AccountError(str(json.load(exc).get("message"))) from exc
        except OSError as exc:
            raise AccountError(unreachable()) from exc

    def reachable(self, function_url: str) -> str:
        """Where a function URL can be called: on AWS as it is, in the emulator at its endpoint, with the same path."""
        if self.world == "aws":
            return function_url
        host, _, path = function_url.removeprefix("https://").partition("/")
        return f"{self._endpoint()}/lambda-url/{host.partition('.')[0]}/{path}"

    def _endpoint(self) -> str:
        if self.world == "server":
            return os.environ["LMI_LABS_ENDPOINT"]
        from moto_lmi.endpoint import ensure_endpoint

        return ensure_endpoint()

    def describe(self) -> str:
        """The world in one sentence."""
        if self.world == "aws":
            return f"a real AWS account ({self.account_id}, {self.region}): what you create costs money"
        where = "in this process" if self.world == "moto" else f"at {os.environ['LMI_LABS_ENDPOINT']}"
        return f"the emulator {where} (account {self.account_id}, {self.region}): nothing costs anything"


class OtherAccount(Account):
    """An account that is entered by assuming a role in it."""

    def __init__(self, home: Account, account_id: str) -> None:
        super().__init__(home.world)
        keys = home.client("sts").assume_role(
            RoleArn=f"arn:aws:iam::{account_id}:role/lmi-labs", RoleSessionName="lmi-labs"
        )["Credentials"]
        self._keys = {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }

    def client(self, service: str) -> Any:
        """A boto3 client for the service in that account, made once."""
        if service not in self._clients:
            import boto3

            # of the default session, which has read the models of the services already
            self._clients[service] = boto3.client(service, region_name=self.region, **self._keys)  # type: ignore[call-overload]
        return self._clients[service]

    def forget(self) -> None:
        """Leave nothing of it. Over HTTP it stays, empty of what it did but for its time, which stands still."""
        if self.world == "moto":
            from moto_lmi.snapshot import forget_account

            forget_account(self.account_id)


def unreachable() -> str:
    """The sentence for an emulator that does not answer."""
    endpoint = os.environ.get("LMI_LABS_ENDPOINT", "")
    return f"The emulator at {endpoint} does not answer. Is `lmi-labs start` still running? Start it again, then retry."


def chosen_world() -> str:
    """The world that the environment asks for. Raises AccountError for one that does not exist."""
    world = os.environ.get("LMI_LABS_ACCOUNT") or ("server" if os.environ.get("LMI_LABS_ENDPOINT") else "moto")
    if world not in WORLDS:
        raise AccountError(f"LMI_LABS_ACCOUNT is {world!r}; it must be one of {', '.join(WORLDS)}.")
    if world == "server" and not os.environ.get("LMI_LABS_ENDPOINT"):
        raise AccountError("LMI_LABS_ACCOUNT is server but LMI_LABS_ENDPOINT is not set; set it to the emulator's URL.")
    return world


def open_account() -> Account:
    """The account of the world in use, ready for plain `boto3.client(...)`. Raises AccountError."""
    world = chosen_world()
    if world != "aws":
        os.environ.setdefault("AWS_DEFAULT_REGION", DEFAULT_REGION)
        for name, value in DUMMY_KEYS.items():
            os.environ.setdefault(name, value)
    if world == "moto":
        _start_in_process()
    elif world == "server":
        os.environ["AWS_ENDPOINT_URL"] = os.environ["LMI_LABS_ENDPOINT"]
    account = Account(world)
    try:
        assert account.account_id
    except Exception as exc:
        if world == "server":
            raise AccountError(unreachable()) from exc
        raise AccountError(f"The account can't be reached ({exc}). Check your AWS credentials.") from exc
    return account


def _start_in_process() -> None:
    """Put the emulator under boto3 in this process, once."""
    global _in_process
    if _in_process:
        return
    from moto import mock_aws

    import moto_lmi

    moto_lmi.enable(speed=float(os.environ.get("LMI_LABS_SPEED", DEFAULT_SPEED)))
    mock_aws().start()
    _in_process = True
