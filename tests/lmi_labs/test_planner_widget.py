"""The planner's widgets and its worker, without a browser."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from lmi_labs.widgets import planner_worker
from lmi_labs.widgets.planner import planner
from lmi_labs.widgets.planner_core import Answer, answer
from lmi_labs.widgets.planner_question import Question
from lmi_labs.widgets.planner_worker import Worker, fast_engine

_PATIENCE_S = 120


class _Reader:
    """Who is shown answers."""

    def __init__(self) -> None:
        self.seen: queue.Queue[Answer | str] = queue.Queue()

    def show(self, found: Answer) -> None:
        self.seen.put(found)

    def fail(self, problem: str) -> None:
        self.seen.put(problem)

    def next(self) -> Answer | str:
        return self.seen.get(timeout=_PATIENCE_S)


@pytest.fixture
def reader() -> _Reader:
    """A reader, when the fast engine is there."""
    assert fast_engine().wait(_PATIENCE_S)
    return _Reader()


@pytest.fixture
def start(reader: _Reader) -> Iterator[Callable[[], Worker]]:
    """Start a worker; it is closed in the end."""
    workers: list[Worker] = []

    def started() -> Worker:
        workers.append(Worker(reader.show, reader.fail, budget_s=0.0))
        return workers[-1]

    yield started
    for worker in workers:
        worker.close()


def test_a_question_is_answered_quickly_and_then_fully(reader: _Reader, start: Callable[[], Worker]) -> None:
    """From a stretch, then from all requests."""
    start().ask(Question())
    first, whole = reader.next(), reader.next()
    assert isinstance(first, Answer)
    assert isinstance(whole, Answer)
    assert not first.whole
    assert whole.whole


def test_the_last_question_is_answered(reader: _Reader, start: Callable[[], Worker]) -> None:
    """Those before it may be dropped; asking never waits."""
    worker = start()
    for rate in range(1, 40):
        worker.ask(Question(rate_rps=float(rate)))
    found = reader.next()
    while not (isinstance(found, Answer) and found.question.rate_rps == 39):
        found = reader.next()


def test_what_is_refused_stays_refused(
    reader: _Reader, start: Callable[[], Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer to what was asked before a refusal is not shown after it."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(question: Question, *arguments: object, **options: object) -> Answer:
        begun.set()
        assert go_on.wait(_PATIENCE_S)
        return answer(question, 0.0)

    monkeypatch.setattr(planner_worker, "answer", slow)
    worker = start()
    worker.ask(Question(rate_rps=1.0))
    assert begun.wait(_PATIENCE_S)
    worker.drop()
    go_on.set()
    worker.ask(Question(rate_rps=2.0))
    found = reader.next()
    assert isinstance(found, Answer)
    assert found.question.rate_rps == 2


def test_an_error_is_a_sentence(reader: _Reader, start: Callable[[], Worker], monkeypatch: pytest.MonkeyPatch) -> None:
    """And the worker answers the next question."""

    def broken(question: Question, *arguments: object, **options: object) -> Answer:
        if question.rate_rps == 1:
            raise RuntimeError("deep inside")
        return answer(question, 0.0)

    monkeypatch.setattr(planner_worker, "answer", broken)
    worker = start()
    worker.ask(Question(rate_rps=1.0))
    assert reader.next() == "This could not be simulated (RuntimeError)."
    worker.ask(Question(rate_rps=2.0))
    assert isinstance(reader.next(), Answer)


def test_without_threads_a_question_is_answered_on_the_spot(monkeypatch: pytest.MonkeyPatch, reader: _Reader) -> None:
    """By the reference engine, as in a browser tab."""
    monkeypatch.setattr(planner_worker, "threads_here", lambda: False)
    Worker(reader.show, reader.fail, budget_s=0.0).ask(Question())
    found = reader.seen.get_nowait()
    assert isinstance(found, Answer)
    assert found.engine == "reference"


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is simulated: the questions are kept."""
    monkeypatch.setattr(Worker, "__init__", lambda self, show, fail: setattr(self, "asked", []))
    monkeypatch.setattr(Worker, "ask", lambda self, question: self.asked.append(question))
    monkeypatch.setattr(Worker, "drop", lambda self: None)


@pytest.mark.usefixtures("still")
def test_a_move_asks() -> None:
    """With what all controls say."""
    shell = planner(Question(rate_rps=10.0)).shell
    shell._controls["rate_rps"].value = 20.0
    shell._controls["purchase"].value = "compute_sp_3yr"
    assert shell._worker.asked == [
        Question(rate_rps=10.0),
        Question(rate_rps=20.0),
        Question(rate_rps=20.0, purchase="compute_sp_3yr"),
    ]
    assert "52.6 million requests a month" in shell._month.value


@pytest.mark.usefixtures("still")
def test_another_architecture_has_other_instance_types() -> None:
    """The counterpart of the one that was chosen is taken, in one question."""
    shell = planner(Question(instance_type="c8g.2xlarge")).shell
    shell._controls["architecture"].value = "x86_64"
    assert shell._controls["instance_type"].value == "c7i.2xlarge"
    assert [question.instance_type for question in shell._worker.asked] == ["c8g.2xlarge", "c7i.2xlarge"]


@pytest.mark.usefixtures("still")
def test_what_cannot_be_asked_is_said_in_the_widget() -> None:
    """As an alert; a later move that can be asked is asked."""
    shell = planner().shell
    shell._controls["instance_type"].value = "m8g.xlarge"
    assert "role='alert'" in shell._head.value
    assert "it must have 1 to 16, which is 4 GiB at least." in shell._head.value
    shell._controls["environment_gib"].value = 4.0
    assert shell._worker.asked[-1] == Question(instance_type="m8g.xlarge", environment_gib=4.0)


@pytest.mark.usefixtures("still")
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        (Question(instance_type="c8g.large", environment_gib=16.0), "does not fit on c8g.large"),
        (Question(instance_type="c8g.huge"), "did you mean c8g.large"),
        (Question(purchase="barter"), "There is no way to buy &#x27;barter&#x27;"),
        (Question(rate_rps=float("nan")), "must be from 0.01 to 1,000,000, not nan"),
    ],
)
def test_a_question_that_cannot_be_asked_at_all_is_said_too(question: Question, expected: str) -> None:
    """Without an error in the notebook; a move of a control asks something that can be."""
    shell = planner(question).shell
    assert expected in shell._head.value
    assert "last answer" not in shell._head.value
    assert shell._worker.asked == []
