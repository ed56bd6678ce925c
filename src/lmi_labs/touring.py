"""Running whole notebooks headless, in real kernels, and reading their scores as nbgrader does."""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from lmi_labs.building import solution_folders
from lmi_labs.places import project_root
from lmi_labs.tasks import tasks_of

_SECONDS_PER_CELL = 120


@dataclass(frozen=True)
class Visit:
    """One notebook that was run: which, what it scored of how much, how long it took, and its first error."""

    lab: str
    kind: str
    points: float
    max_points: float
    seconds: float
    error: str = ""

    @property
    def as_expected(self) -> bool:
        """Full marks for a solution, nothing for an untouched lab."""
        wanted = self.max_points if self.kind == "solution" else 0.0
        return self.points == wanted and not self.error


def visits() -> list[tuple[Path, str]]:
    """Every notebook that a tour runs, with its kind: solutions and untouched labs in turn."""
    root = project_root()
    return [
        (root / room / folder.name / f"{folder.name}.ipynb", kind)
        for folder in solution_folders()
        for room, kind in (("build/source", "solution"), ("labs", "untouched"))
    ]


def visit(path: Path, kind: str) -> Visit:
    """Run one notebook in a kernel of its own on a fresh emulated account. Raises RuntimeError when it can't be run."""
    try:
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    except (ValueError, nbformat.ValidationError) as exc:
        raise RuntimeError(f"{path} is no readable notebook ({type(exc).__name__}); run `lmi-labs build`.") from exc
    started = time.monotonic()
    _execute(notebook)
    day = int(path.parent.name[3:5])
    return Visit(
        lab=path.parent.name,
        kind=kind,
        points=round(sum(_points(cell) for cell in notebook.cells), 2),
        max_points=sum(item.points for item in tasks_of(day)),
        seconds=time.monotonic() - started,
        error=next((text for cell in notebook.cells if (text := _error(cell))), ""),
    )


def _execute(notebook: Any) -> None:
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import DeadKernelError

    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LMI_LABS_ACCOUNT": "moto", "LMI_LABS_HOME": home}
        environment.pop("AWS_ENDPOINT_URL", None)
        client = NotebookClient(
            notebook,
            timeout=_SECONDS_PER_CELL,
            allow_errors=True,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
        )
        try:
            client.execute(env=environment)
        except NoSuchKernel as exc:
            raise RuntimeError(f"There is no Jupyter kernel named {exc.name}; run `make setup` again.") from exc
        except DeadKernelError as exc:
            raise RuntimeError(f"The kernel died: {exc}") from exc


def _points(cell: Any) -> float:
    if not cell.metadata.get("nbgrader", {}).get("grade"):
        return 0.0
    from nbgrader.utils import determine_grade

    score, _ = determine_grade(cell)
    return float(score or 0.0)


def _error(cell: Any) -> str:
    if cell.cell_type != "code":
        return ""
    for output in cell.outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue} in {cell.source.strip().splitlines()[0]!r}"
    return ""
