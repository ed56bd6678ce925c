"""The planner's widgets: controls that say the question, and places for what is drawn of the answer."""

from __future__ import annotations

from dataclasses import replace
from html import escape

import ipywidgets
from traitlets import TraitError

from lmi_labs.widgets import planner_drawing
from lmi_labs.widgets.planner_controls import architecture_of, controls, counterpart, grouped
from lmi_labs.widgets.planner_core import Answer
from lmi_labs.widgets.planner_question import INSTANCE_TYPES, Question
from lmi_labs.widgets.planner_words import large
from lmi_labs.widgets.planner_worker import Worker, fast_engine, threads_here

__all__ = ["Shell"]

_NOTES = {
    "absent": "numba isn't there, so the slow engine answers from fewer requests.",
    "broken": "The fast engine could not be compiled, so the slow one answers from fewer requests.",
    "compiling": "The fast engine is being compiled, once; until then a slow one answers from fewer requests.",
    "ready": "",
}


class Shell:
    """The widget's parts; `box` is what is shown, and keeps the rest alive."""

    def __init__(self, question: Question | None = None) -> None:
        question = question or Question()
        problem = question.problem()
        try:
            self._question, self._controls = question, controls(question)
        except (LookupError, TraitError):  # there is no control that could show it
            self._question, self._controls = Question(), controls(Question())
        self._month = ipywidgets.HTML()
        self._head = ipywidgets.HTML(planner_drawing.waiting(self._note()))
        self._pictures = [ipywidgets.Output(layout={"min_height": "285px"}) for _ in range(3)]
        self._tables = ipywidgets.HTML()
        self.box = ipywidgets.VBox(
            [
                grouped(self._controls, self._month),
                self._head,
                ipywidgets.HBox(self._pictures, layout={"flex_flow": "row wrap"}),
                self._tables,
            ]
        )
        self.box.add_class("lmi-planner")
        self.box.shell = self  # the worker knows the shell only as long as somebody else does
        self._worker = Worker(self._show, self._fail)
        for name, control in self._controls.items():
            control.observe(self._architecture_moved if name == "architecture" else self._moved, names="value")
        if problem:
            self._fail(problem)
        else:
            self._moved()

    def _note(self) -> str:
        return _NOTES[fast_engine().state if threads_here() else "absent"]

    def _architecture_moved(self, _change: object = None) -> None:
        """Offer the architecture's instance types, and take the counterpart of the one that was chosen."""
        chosen = self._controls["instance_type"]
        architecture = self._controls["architecture"].value
        if architecture_of(chosen.value) != architecture:
            value = counterpart(chosen.value, architecture)
            chosen.unobserve(self._moved, names="value")  # new options choose the first of them for a moment
            chosen.options = INSTANCE_TYPES[architecture]
            chosen.value = value
            chosen.observe(self._moved, names="value")
            self._moved()

    def _moved(self, _change: object = None) -> None:
        """Leave the question with the worker; nothing is simulated here."""
        values = {name: control.value for name, control in self._controls.items() if name != "architecture"}
        question = replace(self._question, **values)
        if problem := question.problem():
            self._worker.drop()  # what was asked before must not be shown as if it answered this
            self._fail(problem)
            return
        self._question = question
        month = large(question.requests_per_month)
        self._month.value = f"<span aria-live='off'>{escape(month)} requests a month</span>"
        self._worker.ask(question)

    def _show(self, found: Answer) -> None:
        drawn = planner_drawing.draw(found, self._note())
        self._head.value = drawn.head
        for picture, output in zip(self._pictures, drawn.outputs, strict=True):
            if picture.outputs != (output,):
                picture.outputs = (output,)
        self._tables.value = drawn.tables

    def _fail(self, problem: str) -> None:
        self._head.value = planner_drawing.refusal(problem, answered=bool(self._tables.value))
