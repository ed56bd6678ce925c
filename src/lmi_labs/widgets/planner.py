"""The planner in a notebook: move what describes a workload, and see what it would cost and how it would behave.

A move is answered at once from the busiest stretch of the traffic; the whole is simulated behind it, and what an
older move asked for is dropped. Where there is no fast engine yet, the slow one answers.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from html import escape
from typing import Any

from lmi_labs.widgets import planner_drawing
from lmi_labs.widgets.planner_core import Answer, Engine, Question, answer, engine_here
from lmi_sim.plan.purchase import PURCHASES

__all__ = ["planner"]

_INSTANCE_TYPES = (
    "c8g.large", "c8g.xlarge", "c8g.2xlarge", "c8g.4xlarge", "m8g.large", "m8g.xlarge", "m8g.2xlarge", "m8g.4xlarge",
    "r8g.large", "r8g.xlarge", "r8g.2xlarge", "c7i.xlarge", "c7i.2xlarge", "m7i.xlarge", "m7i.2xlarge",
)  # fmt: skip
_PURCHASES = tuple((label, float(discount)) for label, discount in PURCHASES)


def planner(question: Question | None = None) -> Any:
    """Controls for a workload, and what managed instances and default Lambda would make of it."""
    return _Planner(question or Question()).box


class _Planner:
    """The widgets, and the thread that simulates the whole traffic behind them."""

    def __init__(self, question: Question) -> None:
        import ipywidgets

        self.question = question
        self._move = 0
        self._lock = threading.Lock()
        self._engine: Engine = "reference"
        self._verdict = ipywidgets.HTML()
        self._pictures = [ipywidgets.Output(layout={"min_height": "270px"}) for _ in range(3)]
        self._tables = ipywidgets.HTML()
        self._controls = _controls(question)
        for control in self._controls.values():
            control.observe(self._moved, names="value")
        self.box = ipywidgets.VBox(
            [
                ipywidgets.GridBox(
                    list(self._controls.values()),
                    layout={"grid_template_columns": "repeat(auto-fit, minmax(25em, 1fr))", "grid_gap": "2px 1em"},
                ),
                self._verdict,
                ipywidgets.HBox(self._pictures, layout={"flex_flow": "row wrap"}),
                self._tables,
            ]
        )
        self._answer_now()
        threading.Thread(target=self._warm_up, name="planner-engine", daemon=True).start()

    def _moved(self, _change: object) -> None:
        values = {name: control.value for name, control in self._controls.items()}
        self.question = replace(self.question, **values)
        self._answer_now()

    def _answer_now(self) -> None:
        """Answer from the busiest stretch, and let the whole follow."""
        with self._lock:
            self._move += 1
            move = self._move
        try:
            first = answer(self.question, engine=self._engine)
        except (ValueError, LookupError) as exc:
            reason = exc.args[0] if exc.args else exc
            self._verdict.value = f"<p role='alert'>This can't be simulated: {escape(str(reason))}.</p>"
            return
        self._show(first)
        if self._engine == "fast" and not first.whole:
            threading.Thread(target=self._answer_whole, args=(move, self.question), name="planner", daemon=True).start()

    def _answer_whole(self, move: int, question: Question) -> None:
        """Simulate everything, unless another move has come meanwhile."""
        with _ONE_AT_A_TIME:
            if move != self._move:
                return
            whole = answer(question, engine="fast", whole=True)
        if move == self._move:
            self._show(whole)

    def _warm_up(self) -> None:
        """Have the fast engine compiled, where there is one, and answer again with it."""
        if engine_here() == "fast":
            answer(Question(rate_rps=1.0), engine="fast")
            self._engine = "fast"
            self._answer_now()

    def _show(self, found: Answer) -> None:
        self._verdict.value = planner_drawing.head(found)
        for picture, chart in zip(self._pictures, planner_drawing.charts(found), strict=True):
            data = {planner_drawing.VEGA_LITE: chart.spec, "text/plain": chart.caption}
            picture.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)
        self._tables.value = planner_drawing.tables(found)


_ONE_AT_A_TIME = threading.Lock()


def _controls(question: Question) -> dict[str, Any]:
    """A control for each thing that can be asked, by the question's names."""
    import ipywidgets

    wide = {"description_width": "12em"}

    def slider(name: str, text: str, low: float, high: float) -> Any:
        return ipywidgets.FloatLogSlider(
            value=getattr(question, name), min=low, max=high, step=0.05, description=text, style=wide,
            readout_format=".0f", continuous_update=False, layout={"width": "auto"},
        )  # fmt: skip

    def choice(name: str, text: str, options: Any) -> Any:
        return ipywidgets.Dropdown(
            value=getattr(question, name), options=options, description=text, style=wide, layout={"width": "auto"}
        )

    return {
        "rate_rps": slider("rate_rps", "requests a second", 0, 3.7),
        "shape": choice("shape", "traffic", [("steady", "steady"), ("a day", "diurnal"), ("a spike of ×4", "spike")]),
        "cpu_ms": slider("cpu_ms", "CPU ms a request", 0, 3.5),
        "io_ms": slider("io_ms", "waiting ms a request", 0, 3.5),
        "memory_mb": choice("memory_mb", "MB on default Lambda", [128.0, 256.0, 512.0, 1024.0, 1769.0, 2048.0, 4096.0]),
        "instance_type": choice("instance_type", "instance type", _INSTANCE_TYPES),
        "environment_gib": choice("environment_gib", "GiB an environment", [2.0, 4.0, 8.0, 16.0]),
        "max_concurrency": choice("max_concurrency", "slots an environment", [1, 2, 4, 8, 16, 32, 64]),
        "min_environments": ipywidgets.BoundedIntText(
            value=question.min_environments, min=3, max=1000, description="environments at least", style=wide,
            layout={"width": "auto"},
        ),
        "discount": choice("discount", "instances are bought", _PURCHASES),
        "p99_goal_ms": slider("p99_goal_ms", "goal for p99 in ms", 1, 4.3),
    }  # fmt: skip
