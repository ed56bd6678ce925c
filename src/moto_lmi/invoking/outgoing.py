"""What functions on a capacity provider call: a service to which their instance has no way does not answer them.

The emulator is a process on this machine, which packets always reach. So a request that is signed with the credentials of
an execution environment is read and never answered when its instance finds no way to the service: the client waits until
it gives up, or until the function's timeout. Whoever waits costs a connection, and neither a thread nor a timer.

That such calls leave through the instance's interface in the VPC is AWS's word, the rest follows from the VPC:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-networking.html
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import TYPE_CHECKING, cast
from weakref import WeakValueDictionary

from moto.awslambda.utils import get_backend

from moto_lmi.behaviour import behaviour_of
from moto_lmi.locking import STATE

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend
    from moto_lmi.functions import Function
    from moto_lmi.runtime.http import Body, Connection, Request

log = logging.getLogger(__name__)

_SIGNED_BY = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]+)/([^/]+)/")
Where = tuple[str, tuple[str, ...]]
"""A subnet and the security groups of the instance in it."""


def where(version: Function, environment_uid: str) -> Where | None:
    """Where the environment's instance is; None when the environment is gone. To be asked with the lock held."""
    fleet = cast("LMILambdaBackend", get_backend(version.account_id, version.region)).fleet
    provider = fleet.provider_of(version.uid)
    for host, environment in fleet.environments(version.uid):
        if environment.uid == environment_uid and provider is not None:
            return host.subnet_id, tuple(provider.security_group_ids)
    return None


class Caller:
    """An environment whose code may call services."""

    def __init__(self, version: Function, environment_uid: str) -> None:
        """An environment that the fleet has placed."""
        self._version, self._uid = version, environment_uid
        self._where: Where | None = None
        self._held: set[Connection] = set()
        self._is_gone = False
        with STATE:
            self._look()

    def _look(self) -> None:
        """An environment that ends and still answers requests stays where it was."""
        self._where = where(self._version, self._uid) or self._where

    def has_way(self, service: str, region: str) -> bool:
        """Whether packets come from its instance to the service, named as requests are signed, in the Region."""
        from moto_lmi.network.destination import NetworkError, signed_for
        from moto_lmi.network.emulated import is_answered

        account, own_region = self._version.account_id, self._version.region
        with STATE:
            self._look()
            if self._where is None or not behaviour_of(account).calls_need_a_way:
                return True
            try:
                return is_answered(account, own_region, *self._where, signed_for(service, region, own_region))
            except NetworkError as exc:
                log.info("%s calls %s, and it can't be said whether it gets there: %s", self._version.arn, service, exc)
                return True

    def hold(self, connection: Connection) -> None:
        """In the loop: never answer what came over the connection."""
        if self._is_gone:
            connection.close()
        else:
            self._held = {held for held in self._held if held.is_open} | {connection}

    def gone(self) -> None:
        """In the loop: the environment is over, and nobody waits any more."""
        self._is_gone = True
        held, self._held = self._held, set()
        for connection in held:
            connection.close()


class Callers:
    """The environments of this process that may call services, by the access keys that they were given."""

    def __init__(self) -> None:
        """There are none."""
        self._by_key: WeakValueDictionary[str, Caller] = WeakValueDictionary()

    def add(self, access_key_id: str, version: Function, environment_uid: str) -> Caller:
        """A new environment. It is known for as long as the caller is kept."""
        caller = self._by_key[access_key_id] = Caller(version, environment_uid)
        return caller

    def guard(
        self, request: Request, body: Body, threads: Executor, post: Callable[[Callable[[], None]], object]
    ) -> Body:
        """The body, or one in front of it that lets it have the request if its sender has a way to the service.

        The way is looked for in a thread, because that may have to wait for the lock; `post` runs what follows in the loop.
        """
        signed = _SIGNED_BY.search(request.headers.get("authorization", ""))
        caller = self._by_key.get(signed[1]) if signed else None
        if signed is None or caller is None:
            return body
        found, (_, region, service) = caller, signed.groups()
        gate = Gate(body)

        def look() -> None:
            if found.has_way(service, region):
                post(gate.open)
            else:
                log.info("a call to %s is not answered: there is no way to it", service)
                post(lambda: gate.shut(found, request.connection))

        threads.submit(look)
        return gate


class Gate:
    """A body that waits in front of another until it is known whether that one is to have it."""

    def __init__(self, body: Body) -> None:
        """It is not known yet."""
        self._body = body
        self._pieces: list[bytes] | None = []
        """What has come so far; None from when it is known."""
        self._trailers: Mapping[str, str] | None = None
        self._is_open = False
        self._is_lost = False

    def feed(self, data: bytes) -> None:
        """Take a piece."""
        if self._pieces is not None:
            self._pieces.append(data)
        elif self._is_open:
            self._body.feed(data)

    def end(self, trailers: Mapping[str, str]) -> None:
        """The body is complete."""
        self._trailers = trailers
        if self._is_open:
            self._body.end(trailers)

    def lost(self) -> None:
        """The client went away in the middle."""
        self._is_lost = True
        if self._is_open:
            self._body.lost()

    def open(self) -> None:
        """Hand on what has come and what comes."""
        pieces, self._pieces, self._is_open = self._pieces or [], None, True
        for piece in pieces:
            self._body.feed(piece)
        if self._is_lost:
            self._body.lost()
        elif self._trailers is not None:
            self._body.end(self._trailers)

    def shut(self, caller: Caller, connection: Connection) -> None:
        """Let nobody have it."""
        self._pieces = None
        if connection.is_open:
            caller.hold(connection)
