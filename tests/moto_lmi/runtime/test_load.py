"""Ten thousand invocations at once: every one is answered with its own answer."""

from __future__ import annotations

import json
import threading
from collections import Counter
from pathlib import Path
from typing import Any

from moto_lmi.runtime import Answer, Busy, DataPlane, Invocation

from .helpers import LIMIT_S, Function

COUNT = 10_000
SOURCE = "def handler(event, context):\n    return event, context.aws_request_id"


def test_none_of_ten_thousand_is_lost(plane: DataPlane, tmp_path: Path) -> None:
    """All are given at once from four threads; who is told Busy asks again, and nobody gets another's answer."""
    function = Function(plane, tmp_path / "code", SOURCE, max_concurrency=8, timeout_s=60, memory_mb=2048)
    answers: Counter[int] = Counter()
    wrong: list[Any] = []
    done = threading.Semaphore(0)
    lock = threading.Lock()

    def ask(number: int) -> None:
        invocation = Invocation(json.dumps(number).encode())

        def take(future: Any) -> None:
            outcome = future.result()
            if isinstance(outcome, Busy):
                retries.append(number)
            else:
                good = isinstance(outcome, Answer) and json.loads(outcome.payload) == [number, invocation.request_id]
                with lock:
                    answers[number] += 1
                    if not good:
                        wrong.append(outcome)
            done.release()

        function.environment.invoke(invocation).add_done_callback(take)

    todo = list(range(COUNT))
    while todo:
        retries: list[int] = []
        threads = [
            threading.Thread(target=lambda part=part: [ask(number) for number in part])
            for part in (todo[start::4] for start in range(4))
        ]
        for thread in threads:
            thread.start()
        for _ in todo:
            assert done.acquire(timeout=LIMIT_S)
        for thread in threads:
            thread.join()
        # Everyone who was refused comes back, eight at a time at most being served.
        busy, todo = retries, []
        for start in range(0, len(busy), 8):
            retries = []
            for number in busy[start : start + 8]:
                ask(number)
            for _ in busy[start : start + 8]:
                assert done.acquire(timeout=LIMIT_S)
            todo += retries
    assert wrong == []
    assert answers == Counter(range(COUNT))
    function.end()
    starts = [record for record in function.owner.records if record.kind == "platform.start"]
    reports = [record for record in function.owner.records if record.kind == "platform.report"]
    assert len(starts) == len(reports) == COUNT
