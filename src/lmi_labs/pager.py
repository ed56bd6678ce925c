"""A shift with a pager: traffic comes to an alias, alarms go off, and a handler of the learner's is called. In virtual time.

    watch = pager.carry(lab, "lmi-lab-55-shop", "live", traffic.steady(60, 3600), {"1": SHOP, "2": SLOW}, on_alarm=handler)

The requests are split over the alias's versions by its weights, as Lambda does. Every five minutes, when new metrics are there,
each alarm of the account whose name begins with the function's is looked at. For one that has changed, and for one that is in
ALARM still, `handler(event, client)` is called: `event` is what EventBridge would deliver ("CloudWatch Alarm State Change"),
and `client("lambda")` gives a boto3 client for the account. No time passes while it runs.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lmi_labs import experiment, traffic
from lmi_labs.account import Account, AccountError
from lmi_labs.ground import Place
from lmi_sim.traffic import Traffic

__all__ = ["BAD_SHARE", "SLOW_MS", "Event", "Handler", "Incident", "Minute", "Page", "Watch", "carry"]

Event = Mapping[str, Any]
Handler = Callable[[Event, Callable[[str], Any]], object]

BAD_SHARE = 0.01
"""A minute hurts when more than this share of its requests went badly: refused, or answered slowly."""
SLOW_MS = 500.0
"""A version whose mean latency in a minute is above this answers slowly."""
_LOOK_EVERY = 5
_LOOKS = ("Describe", "Get", "List")


@dataclass(frozen=True)
class Incident:
    """Something that happens to the account in the minute, before the alarms are looked at."""

    minute: int
    kind: str
    what: str
    happen: Callable[[Account], object]


@dataclass(frozen=True)
class Minute:
    """What customers had in a minute, over all versions of the alias."""

    minute: int
    offered: int
    refused: int
    slow: int
    instances: int

    @property
    def hurts(self) -> bool:
        """Whether more requests went badly than customers put up with."""
        return self.refused + self.slow > BAD_SHARE * self.offered


@dataclass(frozen=True)
class Page:
    """A call of the handler: when, for which alarm in which state, what it changed, and the exception if it raised one."""

    minute: int
    alarm: str
    state: str
    acts: tuple[str, ...] = ()
    """The operations that it called, without those that only look."""
    error: str = ""

    def __str__(self) -> str:
        done = f": {', '.join(self.acts)}" if self.acts else ""
        return f"{self.alarm} is {self.state}{done}" + (f"; the handler failed: {self.error}" if self.error else "")


@dataclass(frozen=True)
class Watch:
    """What came of a shift. As text it is a timeline, with what it rests on."""

    start: datetime
    minutes: tuple[Minute, ...]
    pages: tuple[Page, ...]
    incidents: tuple[Incident, ...] = ()
    note: str = field(default="", repr=False)

    @property
    def pain_minutes(self) -> int:
        """Minutes in which customers were hurt."""
        return sum(minute.hurts for minute in self.minutes)

    @property
    def instance_hours(self) -> float:
        """Hours of instances that stood on the function's provider."""
        return sum(minute.instances for minute in self.minutes) / 60

    def __str__(self) -> str:
        lines = [f"{len(self.minutes)} minutes, {self.pain_minutes} of them with pain, {len(self.pages)} pages."]
        lines += [f"{minute:>4} {text}" for minute, text in self.timeline()]
        return "\n".join([*lines, self.note])

    __repr__ = __str__

    def timeline(self) -> list[tuple[int, str]]:
        """What happened when: incidents, pages, and the stretches in which customers were hurt."""
        told = [(item.minute, f"happens: {item.what}") for item in self.incidents]
        told += [(page.minute, f"pager: {page}") for page in self.pages]
        for begin, end in _stretches([minute.hurts for minute in self.minutes]):
            hit = self.minutes[begin:end]
            bad, offered = sum(item.refused + item.slow for item in hit), sum(item.offered for item in hit)
            told.append(
                (begin, f"pain for {end - begin} minutes: {100 * bad / offered:.0f} % of the requests go badly")
            )
        return sorted(told, key=lambda item: item[0])


def carry(
    place: Place,
    function_name: str,
    alias: str,
    shape: Traffic,
    demands: Mapping[str, Mapping[str, float]],
    *,
    on_alarm: Handler,
    incidents: Sequence[Incident] = (),
) -> Watch:
    """Carry the pager while the traffic lasts: `demands` says what a request needs of each version.

    Raises AccountError in a real account, and for a version that the alias names and `demands` doesn't. What the handler
    raises is noted, and the shift goes on.
    """
    account = place.account
    with account.time_held():
        start = experiment.align(account)
        shift = _Shift(account, function_name, alias, shape, demands, on_alarm)
        for minute in range(round(shape.duration_s / 60)):
            for incident in incidents:
                if incident.minute == minute:
                    incident.happen(account)
                    shift.is_settled = False
            if not shift.is_settled:
                shift.split(minute)
            account.advance(60)
            if (minute + 1) % _LOOK_EVERY == 0:
                shift.look(minute)
        shift.end()
        report = shift.reports()
    return Watch(start, _minutes(shift, report), tuple(shift.pages), tuple(incidents), _note(report))


class _Shift:
    """The state of a shift: what was offered to which version, and how the alarms stood."""

    def __init__(
        self,
        account: Account,
        function_name: str,
        alias: str,
        shape: Traffic,
        demands: Mapping[str, Mapping[str, float]],
        on_alarm: Handler,
    ) -> None:
        self.account, self.function_name, self.alias = account, function_name, alias
        self.shape, self.demands, self.on_alarm = shape, demands, on_alarm
        self.pages: list[Page] = []
        self._clients = _Clients(account)
        self.lost: dict[int, float] = {}
        self.begun: dict[str, int] = {}
        self._shares: dict[str, float] = {}
        self._states = {name: state for name, state, _ in self._alarms()}
        self.is_settled = False
        """Whether the traffic is split as the alias says."""

    def split(self, minute: int) -> None:
        """Give each version its share of the traffic from here on, where that has changed."""
        shares = self._weights()
        self.is_settled = bool(shares)
        if not shares:  # callers of an alias that is gone get errors
            self._lose(minute, 1.0)
        unknown = sorted(set(shares) - set(self.demands))
        if unknown:
            raise AccountError(
                f"alias {self.alias} names version {unknown[0]}, of which nothing is known; have {', '.join(sorted(self.demands))}"
            )
        for version in sorted({*shares, *self._shares}):
            share, target = shares.get(version, 0.0), f"{self.function_name}:{version}"
            if share == self._shares.get(version, 0.0):
                continue
            try:
                if share:
                    rest = self.shape.window(60 * minute, self.shape.duration_s).scaled(share)
                    traffic.offer(self.account, target, rest, instead=version in self.begun, **self.demands[version])
                    self.begun.setdefault(version, minute)
                else:
                    traffic.stop(self.account, target)
                self._shares[version] = share
            except AccountError:  # the version can't be invoked: what comes to it is lost
                self._lose(minute, share)
                self.is_settled = False

    def _lose(self, minute: int, share: float) -> None:
        requests = self.shape.window(60 * minute, 60 * minute + 60).mean_requests
        self.lost[minute] = self.lost.get(minute, 0.0) + share * requests

    def _weights(self) -> dict[str, float]:
        client = self.account.client("lambda")
        try:
            answer = client.get_alias(FunctionName=self.function_name, Name=self.alias)
        except client.exceptions.ResourceNotFoundException:
            return {}
        others = (answer.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        shares = {version: float(weight) for version, weight in others.items() if weight}
        main = 1.0 - sum(shares.values())
        return {**shares, **({str(answer["FunctionVersion"]): main} if main > 1e-9 else {})}

    def _alarms(self) -> list[tuple[str, str, str]]:
        answer = self.account.client("cloudwatch").describe_alarms(AlarmNamePrefix=self.function_name)
        found = [*answer.get("MetricAlarms", []), *answer.get("CompositeAlarms", [])]
        return sorted((item["AlarmName"], item["StateValue"], item.get("StateReason", "")) for item in found)

    def look(self, minute: int) -> None:
        """Ring for each alarm that has changed, or is in ALARM still."""
        for name, state, reason in self._alarms():
            before = self._states.get(name, "INSUFFICIENT_DATA")
            self._states[name] = state
            if state != before or state == "ALARM":
                self._ring(minute, name, state, before, reason)
                self.is_settled = False

    def _ring(self, minute: int, name: str, state: str, before: str, reason: str) -> None:
        event = {
            "source": "aws.cloudwatch",
            "detail-type": "CloudWatch Alarm State Change",
            "account": self.account.account_id,
            "region": self.account.region,
            "time": self.account.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "detail": {
                "alarmName": name,
                "state": {"value": state, "reason": reason},
                "previousState": {"value": before},
            },
        }
        error = ""
        self._clients.acts.clear()
        try:
            self.on_alarm(event, self._clients)
        except Exception as exc:
            error = f"{type(exc).__name__}: {exc}"[:200]
        self.pages.append(Page(minute + 1, name, state, tuple(self._clients.acts), error))

    def end(self) -> None:
        """Let no more requests come."""
        self._clients.close()
        for version in self.begun:
            with contextlib.suppress(AccountError):
                traffic.stop(self.account, f"{self.function_name}:{version}")

    def reports(self) -> dict[str, traffic.TrafficReport]:
        """What came to each version."""
        return {version: traffic.report(self.account, f"{self.function_name}:{version}") for version in self.begun}


class _Clients:
    """Hands out the account's clients and notes what is changed through them."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.acts: list[str] = []
        self._given: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        if service not in self._given:
            self._given[service] = self.account.client(service)
            self._given[service].meta.events.register("before-call", self._note)
        return self._given[service]

    def _note(self, model: Any, **_: Any) -> None:
        if not model.name.startswith(_LOOKS):
            self.acts.append(model.name)

    def close(self) -> None:
        """Note nothing any more."""
        for client in self._given.values():
            client.meta.events.unregister("before-call", self._note)


def _minutes(shift: _Shift, reports: Mapping[str, traffic.TrafficReport]) -> tuple[Minute, ...]:
    count = round(shift.shape.duration_s / 60)
    offered, refused, slow, instances = ([0.0] * count for _ in range(4))
    for minute, requests in shift.lost.items():
        offered[minute] += requests
        refused[minute] += requests
    for version, report in reports.items():
        for row in report.rows:
            minute = row["minute"] + shift.begun[version]
            if minute < count:
                offered[minute] += row["offered"]
                refused[minute] += row["throttled"]
                slow[minute] += row["served"] if (row["mean_latency_ms"] or 0) > SLOW_MS else 0
                instances[minute] = max(instances[minute], row["instances"])
    return tuple(
        Minute(minute, round(offered[minute]), round(refused[minute]), round(slow[minute]), round(instances[minute]))
        for minute in range(count)
    )


def _note(reports: Mapping[str, traffic.TrafficReport]) -> str:
    """What the numbers rest on."""
    note = next((str(report.document["note"]) for report in reports.values()), "")
    return f"The scaling is a model: AWS does not publish how fast it reacts. {note}"


def _stretches(hurt: Sequence[bool]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for index, hurts in enumerate(hurt):
        if hurts and found and found[-1][1] == index:
            found[-1] = (found[-1][0], index + 1)
        elif hurts:
            found.append((index, index + 1))
    return found
