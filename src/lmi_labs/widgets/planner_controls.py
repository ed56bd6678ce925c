"""The planner's controls, one for each thing that can be asked, by the question's names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import ipywidgets

from lmi_labs.widgets.planner_question import INSTANCE_TYPES, PURCHASES, RUNTIMES, SHAPES, Question
from lmi_sim import prices

__all__ = ["architecture_of", "controls", "counterpart", "grouped"]

_WIDE = {"description_width": "13em"}
_FILL = {"width": "auto", "margin": "1px 0"}
_MEMORY_MB = (128, 256, 512, 1024, 1769, 2048, 4096, 8192, 10_240)
_THROTTLE_PERCENT = (0.0, 0.01, 0.1, 0.5, 1.0, 5.0)
_SLOTS = (1, 2, 4, 8, 16, 32, 64, 128)


def architecture_of(instance_type: str) -> str:
    """The architecture of an instance type. Raises LookupError for an unknown one."""
    return prices.instance(instance_type).architecture


def counterpart(instance_type: str, architecture: str) -> str:
    """The instance type of the architecture with the same family and size, or the first one."""
    letter, size = instance_type[0], instance_type.partition(".")[2]
    types = INSTANCE_TYPES[architecture]
    return next((item for item in types if item[0] == letter and item.endswith(f".{size}")), types[0])


def controls(question: Question) -> dict[str, Any]:
    """The controls with what the question says, and `architecture`, which decides on the instance types offered."""
    architecture = architecture_of(question.instance_type)
    types = tuple(dict.fromkeys((*INSTANCE_TYPES[architecture], question.instance_type)))
    slots = tuple(sorted({*_SLOTS, question.max_concurrency}))
    return {
        "rate_rps": _slider(question, "rate_rps", "Requests a second", 0, 3.3),
        "shape": _choice(question, "shape", "Traffic over time", [(text, key) for key, text in SHAPES.items()]),
        "cpu_ms": _slider(question, "cpu_ms", "CPU, ms", 0, 3.5),
        "io_ms": _slider(question, "io_ms", "Waiting (I/O), ms", 0, 3.5),
        "runtime": _choice(question, "runtime", "Runtime", RUNTIMES),
        "memory_mb": _choice(
            question,
            "memory_mb",
            "Memory, default Lambda",
            [(f"{value:,.0f} MB", float(value)) for value in sorted({*_MEMORY_MB, question.memory_mb})],
        ),
        "architecture": ipywidgets.Dropdown(
            value=architecture, options=list(INSTANCE_TYPES), description="Architecture", style=_WIDE, layout=_FILL
        ),
        "instance_type": _choice(question, "instance_type", "Instance type", types),
        "environment_gib": _choice(
            question,
            "environment_gib",
            "Memory, environment",
            [(f"{value:g} GiB", float(value)) for value in sorted({2.0, 4.0, 8.0, 16.0, 32.0, question.environment_gib})],
        ),
        "max_concurrency": ipywidgets.SelectionSlider(
            value=question.max_concurrency, options=slots, description="Requests at a time", style=_WIDE, layout=_FILL
        ),
        "min_environments": ipywidgets.IntText(
            value=question.min_environments, description="Environments, at least", style=_WIDE, layout=_FILL
        ),
        "purchase": _choice(
            question, "purchase", "Bought", [(bought.label, key) for key, bought in PURCHASES.items()]
        ),
        "p99_goal_ms": _slider(question, "p99_goal_ms", "p99 at most, ms", 1, 4.3),
        "throttle_goal_percent": ipywidgets.SelectionSlider(
            value=question.throttle_goal_percent,
            options=[
                (f"{value:g} %", value) for value in sorted({*_THROTTLE_PERCENT, question.throttle_goal_percent})
            ],
            description="Given up, at most", style=_WIDE, layout=_FILL,
        ),
    }  # fmt: skip


def grouped(parts: Mapping[str, Any], month: Any) -> Any:
    """The controls under headings, in as many columns as there is room for."""
    groups = (
        ("Traffic", [parts["rate_rps"], month, parts["shape"]]),
        ("One request", [parts["cpu_ms"], parts["io_ms"], parts["runtime"]]),
        ("Goals", [parts["p99_goal_ms"], parts["throttle_goal_percent"]]),
        ("What runs it", [parts["architecture"], parts["instance_type"], parts["environment_gib"]]),
        ("Managed instances", [parts["max_concurrency"], parts["min_environments"]]),
        ("Default Lambda and price", [parts["memory_mb"], parts["purchase"]]),
    )
    month.layout = {"margin": "0 0 0 13.5em"}
    return ipywidgets.GridBox(
        [_group(title, items) for title, items in groups],
        layout={"grid_template_columns": "repeat(auto-fit, minmax(22em, 1fr))", "grid_gap": "0 1.5em"},
    )


def _group(title: str, items: Iterable[Any]) -> Any:
    heading = ipywidgets.HTML(f"<strong style='color:var(--jp-ui-font-color1, inherit)'>{title}</strong>")
    return ipywidgets.VBox([heading, *items])


def _slider(question: Question, name: str, text: str, low: float, high: float) -> Any:
    return ipywidgets.FloatLogSlider(
        value=max(10**low, getattr(question, name)), min=low, max=high, step=0.05, description=text, style=_WIDE,
        readout_format=",.0f", layout=_FILL,
    )  # fmt: skip


def _choice(question: Question, name: str, text: str, options: Any) -> Any:
    return ipywidgets.Dropdown(
        value=getattr(question, name), options=options, description=text, style=_WIDE, layout=_FILL
    )
