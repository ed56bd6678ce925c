"""What a notebook holds in its hand: `lab = open_lab(52)`."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from lmi_labs.account import Account, open_account
from lmi_labs.checks import Score
from lmi_labs.progress import Progress
from lmi_labs.tasks import find_task, hints_of, tasks_of

T = TypeVar("T")


class Text(str):
    """Text that a notebook shows as it is, without quotes."""

    def __repr__(self) -> str:
        return str(self)


class Lab:
    """One day's lab in a notebook: checks, hints, progress, and the passing of time."""

    def __init__(self, day: int, account: Account, namespace: Mapping[str, Any], progress: Progress) -> None:
        self.day = day
        self.account = account
        self._namespace = namespace
        self._progress = progress
        self.tasks = tasks_of(day)

    @property
    def seed(self) -> int:
        """The learner's number: what is drawn for them, such as a fault, follows from it."""
        return self._progress.seed

    def check(self, task_id: str, *, hidden: bool = False) -> Score:
        """Check a task with the answers that stand in the notebook, and show what comes of it."""
        item = find_task(task_id)
        answers = {name: self._namespace[name] for name in item.answers if name in self._namespace}
        result = item.check(self.account, answers, hidden=hidden)
        self._progress.record(result, answers)
        return Score(result)

    def hint(self, task_id: str) -> Text:
        """The next hint of a task: a nudge, then the idea, then almost the solution."""
        hints = hints_of(self.day)[find_task(task_id).id]
        number = min(self._progress.hints_seen(task_id), len(hints) - 1)
        self._progress.saw_hint(task_id, number + 1)
        last = "the last one" if number + 1 == len(hints) else "ask again for more"
        return Text(f"Hint {number + 1} of {len(hints)} ({last}): {hints[number]}")

    def progress(self) -> Text:
        """What has been passed so far."""
        return Text(self._progress.summary(self.tasks))

    def advance(self, seconds: float) -> Text:
        """Let virtual seconds pass. Only the emulator can do that; a real account makes you wait."""
        self.account.advance(seconds)
        return Text(f"{seconds:g} seconds have passed in the emulator.")

    def reachable(self, function_url: str) -> Text:
        """The address at which a function URL can be called: on AWS the URL itself, else its place in the emulator."""
        return Text(self.account.reachable(function_url))

    def wait_until(self, condition: Callable[[], T], timeout: float = 900, step: float = 5) -> T:
        """Wait until the condition is true, and return what it gave.

        In the emulator the time between two looks is made to pass, on AWS it is slept: `step` and `timeout` are
        seconds there and virtual seconds here. Raises TimeoutError when the time is over.
        """
        return wait_until(self.account, condition, timeout, step)

    def reset(self) -> Text:
        """How to begin again."""
        return Text(
            f"In a terminal, `lmi-labs reset {self.day}` puts the notebook back as it came and keeps yours beside it."
        )


def wait_until(account: Account, condition: Callable[[], T], timeout: float = 900, step: float = 5) -> T:
    """What `Lab.wait_until` does, in any account."""
    waited = 0.0
    while not (value := condition()):
        if waited >= timeout:
            raise TimeoutError(f"not so after {timeout:g} seconds; look at the states with a describe call")
        if account.world == "aws":
            time.sleep(step)
        else:
            account.advance(step)
        waited += step
    return value


def open_lab(day: int) -> Lab:
    """Open a day's lab in the account that is in use, and say which one that is.

    The answers are read from the caller's variables. Raises AccountError, or LookupError for a day without a lab.
    """
    frame = inspect.currentframe()
    assert frame is not None
    assert frame.f_back is not None
    lab = Lab(day, open_account(), frame.f_back.f_globals, Progress.load())
    print(  # noqa: T201 - a notebook's first cell speaks to the learner
        f"Day {day} is open in {lab.account.describe()}.\n"
        f"{len(lab.tasks)} tasks, {sum(item.points for item in lab.tasks):g} points. "
        f'Stuck? lab.hint("{lab.tasks[0].id}") · How far am I? lab.progress()'
    )
    return lab
