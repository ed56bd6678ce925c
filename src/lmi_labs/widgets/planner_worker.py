"""Who answers the planner's questions: one thread for each planner, which always works on the newest question.

A question is only left at the door, so asking never blocks. Questions that came while one was being answered are
dropped but for the last. When nothing has been asked for a moment the whole traffic is simulated, until a newer question
comes. Where threads can't be started, as in a browser tab, the question is answered on the spot.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable
from functools import cache
from types import MethodType
from typing import Literal

from lmi_labs.widgets.planner_core import BUDGET_S, Answer, answer, engine_here, refined
from lmi_labs.widgets.planner_question import Question
from lmi_sim.engine import Engine

__all__ = ["THREADS_VARIABLE", "Worker", "fast_engine", "threads_here"]

_LOG = logging.getLogger(__name__)
_QUIET_S = 0.15  # after a first answer; who moves a slider step by step does not wait for the whole
_IDLE_S = 5.0

Show = Callable[[Answer], None]
State = Literal["absent", "compiling", "ready", "broken"]


THREADS_VARIABLE = "LMI_LABS_THREADS"
"""The environment variable that forbids threads with the value "off", for a process that forks."""


def threads_here() -> bool:
    """Whether threads can be started; a browser tab can't, and a process that forks should not."""
    return sys.platform != "emscripten" and os.environ.get(THREADS_VARIABLE) != "off"


class _FastEngine:
    """The fast engine of this process: compiled in a thread when it is first wanted."""

    def __init__(self) -> None:
        self.state: State = "compiling" if engine_here() == "fast" and threads_here() else "absent"
        self._done = threading.Event()
        if self.state == "compiling":
            threading.Thread(target=self._compile, name="planner-compiling", daemon=True).start()
        else:
            self._done.set()

    def _compile(self) -> None:
        try:
            answer(Question(rate_rps=1.0), engine="fast")
            self.state = "ready"
        except Exception:  # numba fails in many ways; there is the other engine
            _LOG.debug("the fast engine can't be compiled", exc_info=True)
            self.state = "broken"
        self._done.set()

    def wait(self, seconds: float) -> bool:
        """Whether it is known by then if there is one."""
        return self._done.wait(seconds)


@cache
def fast_engine() -> _FastEngine:
    """The fast engine, which begins to be compiled."""
    return _FastEngine()


class Worker:
    """Answers the newest question, first quickly and then fully.

    `show` is called with answers, `fail` with a sentence where something went wrong, both on the worker's thread. Both
    must be methods; the thread ends when what they belong to is gone.
    """

    def __init__(self, show: Show, fail: Callable[[str], None], budget_s: float = BUDGET_S) -> None:
        assert isinstance(show, MethodType)
        assert isinstance(fail, MethodType)
        self._show, self._fail = weakref.WeakMethod(show), weakref.WeakMethod(fail)
        self._budget_s = budget_s
        self._new = threading.Condition()
        self._question: Question | None = None
        self._number = self._dropped = 0
        self._closed = False
        if threads_here():
            threading.Thread(target=self._work, name="planner", daemon=True).start()
            fast_engine()

    def ask(self, question: Question) -> None:
        """Answer this from now on; what was asked before is dropped."""
        with self._new:
            self._question = question
            self._number += 1
            self._new.notify_all()
        if not threads_here():
            self._first(self._number, question)

    def drop(self) -> None:
        """Give up what was asked."""
        with self._new:
            self._question = None
            self._number += 1
            self._dropped = self._number
            self._new.notify_all()

    def close(self) -> None:
        """End the thread after what it does now."""
        with self._new:
            self._closed = True
            self._number += 1
            self._new.notify_all()

    def _work(self) -> None:
        answered = 0
        while True:
            number, question = self._wait_for_more_than(answered)
            if question is None:
                return
            answered = number
            first = self._first(number, question)
            if first is None:
                continue
            if first.engine == "reference" and fast_engine().state == "compiling":
                self._answer_again_when_compiled(number)
            elif first.engine == "fast" and not first.whole and self._still(number, _QUIET_S):
                self._rest(number, question)

    def _wait_for_more_than(self, answered: int) -> tuple[int, Question | None]:
        with self._new:
            while self._number <= answered or self._question is None:
                if self._gone():
                    return self._number, None
                self._new.wait(_IDLE_S)
            return self._number, None if self._gone() else self._question

    def _gone(self) -> bool:
        return self._closed or self._show() is None

    def _still(self, number: int, seconds: float) -> bool:
        """Whether the question is the newest for so long."""
        with self._new:
            self._new.wait_for(lambda: self._number != number, seconds)
            return self._number == number

    def _first(self, number: int, question: Question) -> Answer | None:
        """Answer quickly, all the more when a newer question waits. None if that failed."""
        engine: Engine = "fast" if threads_here() and fast_engine().state == "ready" else "reference"
        try:
            found = answer(question, self._budget_s, engine=engine, hurry=lambda: self._number != number)
        except Exception as exc:
            self._sorry(number, exc)
            return None
        # While a slider moves every answer is a little late; what was refused since then must stay refused.
        self._say(found, wanted=number > self._dropped)
        return found

    def _rest(self, number: int, question: Question) -> None:
        try:
            whole = refined(question, engine="fast", stop=lambda: self._number != number or self._gone())
        except Exception as exc:
            self._sorry(number, exc)
            return
        if whole is not None:
            self._say(whole, wanted=self._number == number)

    def _answer_again_when_compiled(self, number: int) -> None:
        while self._number == number and not self._gone():
            if fast_engine().wait(0.2):
                with self._new:
                    if self._number == number:
                        self._number += 1  # as if it had been asked again
                return

    def _say(self, found: Answer, *, wanted: bool) -> None:
        show = self._show()
        if show is not None and wanted:
            show(found)

    def _sorry(self, number: int, exc: Exception) -> None:
        """No exception reaches the notebook; what is a rule's sentence is shown as it is."""
        fail = self._fail()
        if fail is not None and number == self._number:
            _LOG.debug("a question was not answered", exc_info=True)
            known = isinstance(exc, ValueError | LookupError) and exc.args
            fail(str(exc.args[0]) if known else f"This could not be simulated ({type(exc).__name__}).")
