"""The instances of an account's capacity providers and the execution environments on them.

A fleet is told what should run (`bring_up`, `resize`, `withdraw`) and does it in virtual time: it launches instances
into the provider's subnets, lays environments on them, says how it went, and lets instances that are empty go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from moto.ec2.models import ec2_backends

from lmi_sim.policies.placement import EnvironmentSize, drains_first
from moto_lmi import changes, endings, facts
from moto_lmi.api.ec2.models import RUNNING, SHUTTING_DOWN, LMIEC2Backend
from moto_lmi.assumed import Assumptions
from moto_lmi.behaviour import behaviour_of
from moto_lmi.clock import Event, clock_for
from moto_lmi.fleet_launch import Ground, Refusal, launch_host, launch_successor, refusal_before_launch
from moto_lmi.hosts import Environment, Host, Provider, Recorder, Watcher, Workload

if TYPE_CHECKING:
    from moto_lmi.functions import Function

_LAUNCH_DELAY_S = 1.0
_TERMINATED_SHOWN_S = 3600.0


class Fleet:
    """The managed instances of one account and Region. It holds no thread and can be pickled."""

    def __init__(self, account_id: str, region: str) -> None:
        self.account_id = account_id
        self.region = region
        self._hosts: dict[str, list[Host]] = {}
        self._running: dict[str, tuple[Workload, Provider]] = {}
        self._starting: dict[str, Workload] = {}
        """Those whose environments are placed and whose processes are about to be up."""
        self._replaced: dict[str, Workload] = {}
        """By a new publication's uid, the one that goes on until the new one is up."""
        self._stuck: set[str] = set()
        self._changing: set[str] = set()
        """The publications that are being brought up or get a new scaling config: the scaler leaves them alone."""
        self.assumptions = Assumptions()
        self.watcher: Watcher | None = None
        self.recorder: Recorder | None = None

    # --- what the control plane asks -----------------------------------------------------------------------------------

    def bring_up(self, workload: Workload, provider: Provider, replaces: Workload | None = None) -> None:
        """Have the workload's fewest environments up, on instances that are there or on new ones.

        What it replaces goes on until then, and for good if the new one can't be brought up.
        """
        if replaces is not None:
            self._replaced[workload.uid] = replaces
        self._running[workload.uid] = (workload, provider)
        self._changing.add(workload.uid)
        self._later(_LAUNCH_DELAY_S, self._place_first, workload, provider)

    def resize(self, workload: Workload, minimum: int, maximum: int | None) -> None:
        """Bring a new scaling config into effect."""
        self._changing.add(workload.uid)
        self._later(facts.value("timing.scaling_config_applied_s"), self._apply, workload, minimum, maximum)

    def scale(self, workload: Workload, wanted: int) -> Refusal | None:
        """Start or drain environments until there are as many as wanted. Returns what stopped it, if anything did."""
        _, provider = self._running[workload.uid]
        if wanted > len(self.environments(workload.uid)):
            return self._place(workload, provider, wanted, first_burst=False)[1]
        self._remove(workload, provider, keep=wanted)
        return None

    def withdraw(self, workload: Workload) -> None:
        """Take every environment of the workload down; instances that this leaves empty go a few minutes later."""
        if workload.uid in self._replaced:
            self.withdraw(self._replaced.pop(workload.uid))
        self._changing.discard(workload.uid)
        _, provider = self._running.pop(workload.uid, (None, None))
        if provider is not None:
            self._remove(workload, provider, keep=0)

    def retire_provider(self, provider: Provider) -> float:
        """Let all instances of a provider that is being deleted go. Returns in how many virtual seconds they are gone."""
        self._will_change()
        hosts = self.hosts(provider.arn)
        for host in hosts:
            self._shut_down(host)
        self._stuck.discard(provider.arn)
        return self._shutdown_s() if hosts else 0.0

    def hosts(self, provider_arn: str) -> list[Host]:
        """The provider's instances, from their launch until they are terminated."""
        return list(self._hosts.get(provider_arn, ()))

    def provider_arns(self) -> list[str]:
        """The providers that have instances."""
        return [arn for arn, hosts in self._hosts.items() if hosts]

    def environments(self, workload_uid: str) -> list[tuple[Host, Environment]]:
        """The workload's environments, each with its host; without those that don't yet replace another."""
        return [
            (host, environment)
            for hosts in self._hosts.values()
            for host in hosts
            for environment in host.environments
            if environment.workload_uid == workload_uid and environment.replaces is None
        ]

    def running(self) -> list[tuple[Workload, Provider]]:
        """Every workload that is being brought up or runs, with its provider; not one that is being replaced."""
        replaced = {old.uid for new, old in self._replaced.items() if new in self._running}
        return [pair for uid, pair in self._running.items() if uid not in replaced]

    def workloads_on(self, provider: Provider) -> list[Workload]:
        """What is being brought up or runs on the provider; also what is being replaced, maybe by one on another."""
        return [workload for workload, its_provider in self._running.values() if its_provider.arn == provider.arn]

    def provider_of(self, workload_uid: str) -> Provider | None:
        """The provider of a workload that runs."""
        return self._running[workload_uid][1] if workload_uid in self._running else None

    def is_settled(self, workload_uid: str) -> bool:
        """Whether neither a publication nor a new scaling config is on its way."""
        return workload_uid not in self._changing

    def serving(self, workload_uid: str) -> list[Environment]:
        """The environments that requests for the workload go to: until it is up, those of the one that it replaces."""
        replaced = self._replaced.get(workload_uid)
        return [item for _, item in self.environments(replaced.uid if replaced else workload_uid)]

    def answering(self, workload: Workload) -> Workload:
        """The workload whose environments answer: the one that is being replaced until the new one is up."""
        while workload.uid in self._replaced:
            workload = self._replaced[workload.uid]
        return workload

    # --- placing -------------------------------------------------------------------------------------------------------

    def _place_first(self, workload: Workload, provider: Provider) -> None:
        if workload.uid not in self._running:
            return
        started = _LAUNCH_DELAY_S
        first_burst = not self.hosts(provider.arn)
        launched, refusal = self._place(workload, provider, workload.minimum, first_burst=first_burst)
        if refusal is None:
            seconds = facts.value(f"timing.{'first_publish_active_s' if launched else 'publish_on_running_hosts_s'}")
            self._later(seconds - started, self._report_placed, workload)
            return
        if first_burst and refusal.is_cap:
            self._stuck.add(provider.arn)
        # The host that a failed publish leaves behind goes minutes later, like any other that is empty.
        self._remove(workload, provider, keep=0, drain_s=facts.value("timing.failed_publish_hosts_gone_s"))
        self._later(facts.value("timing.failed_publish_reported_s") - started, self._report_failed, workload, refusal)

    def _place(
        self, workload: Workload, provider: Provider, wanted: int, *, first_burst: bool
    ) -> tuple[list[Host], Refusal | None]:
        """Bring the workload to `wanted` environments. Returns the hosts that were launched and what stopped it."""
        self._will_change()
        size = EnvironmentSize(workload.vcpus, workload.memory_mib / 1024)
        start = timedelta(seconds=self.assumptions.value("scaling_model.environment_start_s"))
        now = clock_for(self.account_id).now()
        launched: list[Host] = []
        refusal: Refusal | None = None
        missing = wanted - len(self.environments(workload.uid))
        if missing > 0:
            refusal = refusal_before_launch(self._ground, provider)
        while missing > 0 and refusal is None:
            host = self._host_with_room(provider, workload.uid, size, launched, missing)
            if host is None:
                if provider.arn in self._stuck:
                    refusal = Refusal.of("fleet_stuck")
                    break
                host, refusal = launch_host(
                    self._ground, provider, self.hosts(provider.arn), size, first_burst=first_burst
                )
                if host is None:
                    break
                self._add(host)
                launched.append(host)
            host.environments.append(Environment(workload.uid, size, max(now, host.ready) + start))
            self._keep(host)
            missing -= 1
        if refusal is not None and not refusal.is_cap and provider.arn not in self._stuck and self.recorder is not None:
            self.recorder.instance_event("LaunchFailed", provider.arn, None, refusal.reason)
        return launched, refusal

    def _add(self, host: Host) -> None:
        self._hosts.setdefault(host.provider_arn, []).append(host)
        self._later(facts.value("timing.hosts_launched_s") - _LAUNCH_DELAY_S, self._host_running, host)
        self._rotate_later(host)
        self._tell("Launching", host)

    def _host_with_room(
        self, provider: Provider, uid: str, size: EnvironmentSize, launched: Sequence[Host], missing: int
    ) -> Host | None:
        """The best host for one more environment, None if a new one should be launched.

        The first three environments of a version want a host each, for Availability Zone resiliency; beyond them
        environments are packed.
        """
        open_hosts = [host for host in self.hosts(provider.arn) if host.room_for(size) > 0]
        own = len(self.environments(uid))
        if own < facts.value("defaults.instances_at_first_publish"):
            fresh = [host for host in open_hosts if host.count(uid) == 0]
            enough = len(self.hosts(provider.arn)) >= min(
                facts.value("defaults.instances_at_first_publish"), own + missing
            )
            open_hosts = fresh or (open_hosts if enough else [])
        taken = [host.zone for host, _ in self.environments(uid)]
        return min(
            open_hosts, key=lambda host: (taken.count(host.zone), host.count(uid), host.room_for(size)), default=None
        )

    def _host_running(self, host: Host) -> None:
        if host in self._hosts.get(host.provider_arn, ()):
            self.ec2.set_managed_state(host.instance_id, RUNNING)
            self._tell("Launched", host)

    def _report_placed(self, workload: Workload) -> None:
        if workload.uid not in self._running:
            return
        if behaviour_of(self.account_id).start_at_publish:
            self._starting[workload.uid] = workload
            self._start(workload)
        else:
            self._serve(workload)

    def _serve(self, workload: Workload) -> None:
        self._will_change()
        self._changing.discard(workload.uid)
        now = clock_for(self.account_id).now()
        for _, environment in self.environments(workload.uid):
            environment.ready = min(environment.ready, now)
        if workload.uid in self._replaced:
            self.withdraw(self._replaced.pop(workload.uid))
        workload.placed()

    def _start(self, workload: Workload) -> None:
        if not changes.is_replaying:
            from moto_lmi.invoking import starting

            uids = tuple(environment.uid for _, environment in self.environments(workload.uid))
            starting.start(self.account_id, self.region, cast("Function", workload), uids)

    def started(self, uid: str, code: str, reason: str) -> None:
        """The processes of a workload that waited for them are up, or `code` and `reason` say why not."""
        workload = self._starting.pop(uid, None)
        if workload is None or uid not in self._running:
            return
        if not code:
            self._serve(workload)
            return
        _, provider = self._running[uid]
        self._remove(workload, provider, keep=0, drain_s=facts.value("timing.failed_publish_hosts_gone_s"))
        self._report_failed(workload, Refusal(code, reason))

    def start_again(self) -> None:
        """Start the processes for which workloads wait; a server that was restarted has none of them."""
        for workload in self._starting.values():
            self._start(workload)

    def _report_failed(self, workload: Workload, refusal: Refusal) -> None:
        self._changing.discard(workload.uid)
        if self._running.pop(workload.uid, None) is not None:
            workload.placement_failed(refusal.code, refusal.reason)

    def _apply(self, workload: Workload, minimum: int, maximum: int | None) -> None:
        if workload.uid not in self._running:
            return
        self._changing.discard(workload.uid)
        _, provider = self._running[workload.uid]
        present = len(self.environments(workload.uid))
        wanted = max(minimum, present if maximum is None else min(present, maximum))
        if wanted > present:
            self._place(workload, provider, wanted, first_burst=False)
        else:
            self._remove(workload, provider, keep=wanted)
        workload.resized()

    # --- letting go ----------------------------------------------------------------------------------------------------

    def _remove(self, workload: Workload, provider: Provider, *, keep: int, drain_s: float | None = None) -> None:
        """Take environments down until `keep` are left; `drains_first` says from where."""
        self._will_change()
        hosts = self.hosts(provider.arn)
        mine = [
            [item for item in host.environments if item.workload_uid == workload.uid and item.replaces is None]
            for host in hosts
        ]
        floor = min(facts.value("defaults.instances_at_first_publish"), keep)
        for _ in range(sum(map(len, mine)) - keep):
            standing = [len(host.environments) if own else 0 for host, own in zip(hosts, mine, strict=True)]
            index = drains_first(standing, floor)
            self._take_down(hosts[index], mine[index].pop())
        for host in hosts:
            if not host.environments and host.draining is None:
                host.draining = self._later(self._idle_s() if drain_s is None else drain_s, self._shut_down, host)

    def _take_down(self, host: Host, environment: Environment) -> None:
        """Remove an environment, with the one that is being started in its place if its host is being replaced."""
        host.environments.remove(environment)
        endings.tell([environment.uid])
        if host.is_retiring:
            for other in self.hosts(host.provider_arn):
                other.environments[:] = [item for item in other.environments if item.replaces is not environment]

    def _keep(self, host: Host) -> None:
        """The host is needed again before it was shut down."""
        if host.draining is not None:
            clock_for(self.account_id).cancel(host.draining)
            host.draining = None

    def _shut_down(self, host: Host) -> None:
        hosts = self._hosts.get(host.provider_arn, [])
        if host not in hosts:
            return
        if host.draining is not None:
            clock_for(self.account_id).cancel(host.draining)
        endings.tell([environment.uid for environment in host.environments])
        host.environments.clear()
        hosts.remove(host)
        self.ec2.set_managed_state(host.instance_id, SHUTTING_DOWN)
        self._tell("Terminating", host)
        self._later(self._shutdown_s(), self._terminate, host)

    def _terminate(self, host: Host) -> None:
        self.ec2.terminate_managed(host.instance_id)
        self._tell("Terminated", host)
        if not self._hosts.get(host.provider_arn):
            self._hosts.pop(host.provider_arn, None)
        self._later(_TERMINATED_SHOWN_S, self.ec2.forget_managed, host.instance_id)

    # --- rotating ------------------------------------------------------------------------------------------------------

    def lifetime_changed(self) -> None:
        """Instances get another lifetime from now on, those that run included."""
        for arn in self.provider_arns():
            for host in self.hosts(arn):
                self._rotate_later(host)

    def _rotate_later(self, host: Host) -> None:
        clock = clock_for(self.account_id)
        if host.rotation is not None:
            clock.cancel(host.rotation)
        age = (clock.now() - host.launched).total_seconds()
        host.rotation = self._later(
            self.assumptions.value("scaling_model.instance_lifetime_s") - age, self._rotate, host
        )

    def _rotate(self, host: Host) -> None:
        """Launch an instance in place of one that is old enough, one at a time; without room or rights try again."""
        hosts = self.hosts(host.provider_arn)
        if host not in hosts or not host.environments:
            return
        provider = next(provider for _, provider in self._running.values() if provider.arn == host.provider_arn)
        self._will_change()
        successor = None
        if not any(other.is_retiring for other in hosts):
            successor, _ = launch_successor(self._ground, provider, host)
        if successor is None:
            again_s = self.assumptions.value("scaling_model.evaluation_period_s")
            host.rotation = self._later(again_s, self._rotate, host)
            return
        ready = successor.ready + timedelta(seconds=self.assumptions.value("scaling_model.environment_start_s"))
        successor.environments = [Environment(item.workload_uid, item.size, ready, item) for item in host.environments]
        host.is_retiring = True
        self._add(successor)
        self._later((ready - clock_for(self.account_id).now()).total_seconds(), self._hand_over, host, successor)

    def _hand_over(self, host: Host, successor: Host) -> None:
        """The successor's environments are ready: they take the place of those on the old host, which goes."""
        self._will_change()
        for environment in successor.environments:
            environment.replaces = None
        endings.tell([environment.uid for environment in host.environments])
        host.environments.clear()
        if host in self.hosts(host.provider_arn):
            host.draining = self._later(self._idle_s(), self._shut_down, host)
            if self.watcher is not None:
                self.watcher.host_rotated(host, successor)

    # --- time and place ------------------------------------------------------------------------------------------------

    @property
    def ec2(self) -> LMIEC2Backend:
        """The EC2 backend in which the instances appear."""
        return cast(LMIEC2Backend, ec2_backends[self.account_id][self.region])

    @property
    def _ground(self) -> Ground:
        launch_s = self.assumptions.value("scaling_model.instance_launch_s")
        return Ground(self.account_id, self.region, self.ec2, launch_s)

    def _tell(self, event: str, host: Host) -> None:
        if self.recorder is not None:
            self.recorder.instance_event(event, host.provider_arn, host)

    def _will_change(self) -> None:
        if self.watcher is not None:
            self.watcher.fleet_will_change()

    def _later(self, seconds: float, call: object, *arguments: object) -> Event:
        return clock_for(self.account_id).call_later(seconds, call, *arguments)  # type: ignore[arg-type]

    def _idle_s(self) -> float:
        """How long an empty host stays, measured from when its environments are gone."""
        return self.assumptions.value("scaling_model.empty_instance_s")

    @staticmethod
    def _shutdown_s() -> float:
        """How long a host takes from shutting-down to terminated."""
        gone: float = facts.value("timing.surplus_host_gone_s")
        shutting_down: float = facts.value("timing.surplus_host_shutting_down_s")
        return gone - shutting_down
