"""Whatever becomes of the runs, no event is lost and none runs once more without a reason."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from moto_lmi.asynchronous import EventQueues, InvokeConfigs, QueuedEvent
from moto_lmi.asynchronous import event_queue as module
from moto_lmi.clock import clock_for, reset_clocks
from moto_lmi.runs import Request, Result

from ..scripted import FAILED, OK, THROTTLED

ACCOUNT = "210987654321"
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:fn:1"


class Version:
    """All that a queue looks at."""

    version = "1"


class Backend:
    """A backend whose runs end as `outcomes` say, in any order, when they are let."""

    account_id, region_name = ACCOUNT, "us-east-1"

    def __init__(self, outcomes: list[Result], room: int) -> None:
        self.invoke_configs = InvokeConfigs()
        self.outcomes, self.room = outcomes, room
        self.running: list[tuple[Request, Any]] = []
        self.results: dict[bytes, list[Result]] = {}

    def invoked_version(self, *_: Any) -> Any:
        """There is one version."""
        return Version()

    def get_function(self, _name: str) -> Any:
        """There is no dead-letter queue."""
        return type("Function", (), {"dead_letter_target": ""})()

    def most_concurrent(self, _version: Any) -> int:
        """The room."""
        return self.room

    def run(self, _version: Any, request: Request, done: Any) -> None:
        """Hold the run."""
        assert len(self.running) < self.room
        self.running.append((request, done))

    def end(self, which: int) -> None:
        """Let one of the runs end."""
        request, done = self.running.pop(which % len(self.running))
        result = self.outcomes.pop() if self.outcomes else OK
        self.results.setdefault(request.payload, []).append(result)
        done(result)


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(1, 25),
    room=st.integers(1, 6),
    outcomes=st.lists(st.sampled_from([OK, FAILED, THROTTLED]), max_size=80),
    order=st.lists(st.integers(0, 5), min_size=1, max_size=20),
    retries=st.integers(0, 2),
)
def test_nothing_is_lost(count: int, room: int, outcomes: list[Result], order: list[int], retries: int) -> None:
    """Every event leaves once, as a success or after exactly its retries, and there are never more runs than room."""
    reset_clocks()
    clock = clock_for(ACCOUNT)
    clock.speed = 0
    backend = Backend(outcomes, room)
    backend.invoke_configs.put(ARN, clock.now(), {"MaximumRetryAttempts": retries}, update=False, durable=False)
    left: Counter[bytes] = Counter()
    original = module.EventQueue._record

    def record(self: Any, event: QueuedEvent, side: str, condition: str) -> None:
        left[event.payload] += 1
        original(self, event, side, condition)

    module.EventQueue._record = record  # type: ignore[method-assign]
    try:
        queues = EventQueues(backend)  # type: ignore[arg-type]
        for number in range(count):
            queues.accept(QueuedEvent(ARN, b"%d" % number, f"request-{number}", clock.now()))
        steps = 0
        while queues.size("fn"):
            steps += 1
            assert steps < 5000
            if backend.running:
                backend.end(order[steps % len(order)])
            else:
                due = clock.next_due()
                assert due is not None
                clock.move_to(due + timedelta(0))
    finally:
        module.EventQueue._record = original  # type: ignore[method-assign]
        reset_clocks()
    assert left == Counter({b"%d" % number: 1 for number in range(count)})
    for results in backend.results.values():
        counted = [result for result in results if result is not THROTTLED]
        failures = [result for result in counted if result is FAILED]
        assert counted[-1] is OK or len(failures) == retries + 1
        assert FAILED not in counted[:-1] or len(failures) <= retries + 1
        assert OK not in counted[:-1]
