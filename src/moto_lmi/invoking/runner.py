"""The one data plane of this process, with a pool of environments for each version that has run.

It lies outside of the emulator's state: nothing of it is in a snapshot or a journal, and a restarted server starts its
environments anew.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from moto_lmi import clock, endings
from moto_lmi.invoking.counting import Counts
from moto_lmi.invoking.log_writer import LogWriter
from moto_lmi.invoking.outgoing import Callers
from moto_lmi.invoking.packages import Packages
from moto_lmi.invoking.places import Make, OnChange
from moto_lmi.invoking.pools import ManagedPool, OnDemandPool, Pool
from moto_lmi.invoking.specs import spec_of
from moto_lmi.runtime import DataPlane, ExecutionEnvironment, FunctionError, Invocation

if TYPE_CHECKING:
    from moto_lmi.functions import Function
    from moto_lmi.invoking.targets import Target
    from moto_lmi.runtime import EnvironmentSpec
    from moto_lmi.runtime.streams import Outcome

_lock = threading.Lock()
_runners: list[Runner] = []
_of_the_parent: list[Runner] = []


def runner() -> Runner:
    """The process's runner; the first call starts its thread."""
    with _lock:
        if not _runners:
            _runners.append(Runner())
            endings.listen(_end)
            clock.tell_before(_tell)
        return _runners[0]


def _forget_the_parents() -> None:
    """In a forked child: what runs belongs to the parent, whose thread is not here; the child starts its own."""
    global _lock
    _lock = threading.Lock()
    _of_the_parent.extend(_runners)  # kept, so that nothing of it is closed from here
    _runners.clear()
    endings.forget(_end)
    clock.tell_no_more(_tell)


os.register_at_fork(after_in_child=_forget_the_parents)


def close_runner() -> None:
    """End the runner if there is one; done when nothing is left."""
    with _lock:
        gone, _runners[:] = list(_runners), []
        endings.forget(_end)
        clock.tell_no_more(_tell)
    for each in gone:
        each.close()


def _end(uids: Sequence[str]) -> None:
    for each in list(_runners):
        each.end(uids)


def _tell(at_once: bool) -> None:
    for each in list(_runners):
        each.counts.tell(at_once)


class Runner:
    """Runs invocations. Its methods may be called from any thread."""

    def __init__(self) -> None:
        """Starts the data plane's thread."""
        self.plane = DataPlane()
        self.plane.start()
        self.logs = LogWriter(self.plane)
        self.callers = Callers()
        self.counts = Counts()
        self._packages = Packages(self.plane.root)
        self._pools: dict[str, Pool] = {}
        self._accounts: dict[str, str] = {}
        self._unpublished: dict[str, str] = {}

    def run(self, target: Target, invocation: Invocation) -> Future[Outcome]:
        """The future of the invocation's outcome."""
        future: Future[Outcome] = Future()
        future.set_running_or_notify_cancel()
        if self.plane.is_here:
            self._run(target, invocation, future)
        else:
            self.plane.post(lambda: self._run(target, invocation, future))
        return future

    def start(self, target: Target) -> Future[FunctionError | Exception | None]:
        """Start all environments of a version on a capacity provider; the future has the first failure, or None."""

        async def start() -> FunctionError | Exception | None:
            pool = self._pool(target)
            assert isinstance(pool, ManagedPool)
            return await pool.start_all(target.places)

        return self.plane.submit(start())

    def end(self, uids: Sequence[str]) -> None:
        """What has the ids is over: environments and versions when their invocations are answered, accounts at once."""
        with contextlib.suppress(RuntimeError):  # it is closed, and all of them are over
            self.plane.post(lambda: self._end(uids))

    def environments(self) -> list[ExecutionEnvironment]:
        """Every environment that was made and is still known, also those that have ended."""
        return self.plane.environments()

    def close(self) -> None:
        """End everything, and the thread; what was logged last is written, and what ended last is counted."""
        self.plane.close()
        self.logs.write()
        self.counts.tell(at_once=True)

    # --- in the loop ---------------------------------------------------------------------------------------------------

    def _run(self, target: Target, invocation: Invocation, future: Future[Outcome]) -> None:
        try:
            self._pool(target).run(target, invocation, future)
        except Exception as exc:
            future.set_exception(exc)
            raise

    def _pool(self, target: Target) -> Pool:
        pool = self._pools.get(target.key)
        if pool is None:
            version = target.version
            make = self._maker(version)
            if version.is_managed:
                pool = ManagedPool(self.plane.loop, make, partial(self.counts.throttled, version))
            else:
                pool = OnDemandPool(self.plane.loop, make)
            self._pools[target.key] = pool
            self._accounts[target.key] = target.account
            if not version.is_published:
                before = self._unpublished.get(version.function_arn)
                self._unpublished[version.function_arn] = target.key
                if before is not None:
                    self._end_pool(before, now=False)
        return pool

    def _maker(self, version: Function) -> Make:
        account = endings.everything_of(version.account_id, version.region)

        def make(uid: str, on_change: OnChange) -> ExecutionEnvironment:
            spec = spec_of(version, uid, self._packages)
            sink = self.logs.sink(account, version, uid, spec)
            on_end = self.counts.of(version) if version.is_managed else None
            return self.plane.environment(spec, sink, self._hearing(version, uid, spec, on_change), on_end)

        return make

    def _hearing(self, version: Function, uid: str, spec: EnvironmentSpec, on_change: OnChange) -> OnChange:
        """Who hears of the environment's changes: besides the pool, what holds calls of functions without a way."""
        if not version.is_managed or spec.credentials is None:
            return on_change
        caller = self.callers.add(spec.credentials.access_key_id, version, uid)

        def changed(environment: ExecutionEnvironment, change: str) -> None:
            if change in ("failed", "lost", "stopped"):
                with contextlib.suppress(RuntimeError):  # the plane is closed, and so are all connections
                    self.plane.post(caller.gone)
            on_change(environment, change)

        return changed

    def _end(self, uids: Sequence[str]) -> None:
        for uid in uids:
            self.logs.forget(uid)
            self.counts.forget(uid)
            if uid in self._pools:
                self._end_pool(uid, now=False)
                continue
            for key, account in list(self._accounts.items()):
                if account == uid:
                    self._end_pool(key, now=True)
            for pool in self._pools.values():
                pool.end_place(uid)

    def _end_pool(self, key: str, *, now: bool) -> list[asyncio.Task[None]]:
        pool = self._pools.pop(key, None)
        self._accounts.pop(key, None)
        return [] if pool is None else pool.end(now=now)
