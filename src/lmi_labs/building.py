"""From the solutions to the labs: `solutions/*/lab.py` → notebooks → nbgrader's own preprocessors → `labs/`.

Building twice gives the same bytes: cells take their id from their grade id or their content, nothing is executed,
and only what a learner may see is copied.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from traitlets.config import Config
from traitlets.config.loader import PyFileConfigLoader

from lmi_labs.places import project_root

_FOR_LEARNERS = ("hints.toml",)
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
_NBGRADER_DEFAULTS = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}


@dataclass(frozen=True)
class BuiltLab:
    """One lab as it was built: its name, the instructor's notebook, the learner's, and the files beside it."""

    name: str
    source: bytes
    release: bytes
    files: Mapping[str, bytes]


def solution_folders(root: Path | None = None) -> list[Path]:
    """The folders with a lab.py, in the order of their names."""
    return sorted(path.parent for path in ((root or project_root()) / "solutions").glob("day*/lab.py"))


def build(folder: Path) -> BuiltLab:
    """Build one lab. Raises ValueError when its notebook is not sound for grading."""
    source = read_solution(folder / "lab.py")
    release = _released(source, folder.name)
    files = {name: (folder / name).read_bytes() for name in _FOR_LEARNERS if (folder / name).exists()}
    return BuiltLab(folder.name, _written(source), _written(release), files)


def read_solution(path: Path) -> Any:
    """The notebook of a lab.py with its answers, identifiers settled."""
    notebook = jupytext.read(path, fmt="py:percent")
    notebook.metadata = _from_dict({"kernelspec": _KERNEL, "language_info": {"name": "python"}})
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        cell.metadata.pop("lines_to_next_cell", None)
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"] = {**_NBGRADER_DEFAULTS, **cell.metadata["nbgrader"]}
            cell.metadata["nbgrader"].setdefault("cell_type", cell.cell_type)
        wanted = cell.metadata.get("nbgrader", {}).get("grade_id")
        base = wanted or hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        seen[base] = seen.get(base, 0) + 1
        cell.id = base if seen[base] == 1 else f"{base}-{seen[base]}"
    _check_sound(notebook, path)
    return notebook


def cell_task(cell: Any, kind: str) -> str | None:
    """The id of the task whose `answer` or `check` cell this is, None for any other cell."""
    match = re.fullmatch(rf"{kind}-(\d+)-(\d+)", cell.metadata.get("nbgrader", {}).get("grade_id", ""))
    return f"{match[1]}.{match[2]}" if match else None


def answer_cells(path: Path) -> dict[str, str]:
    """The code of each answer of a lab.py, by the task's id."""
    cells = read_solution(path).cells
    return {answered: cell.source for cell in cells if (answered := cell_task(cell, "answer"))}


def _check_sound(notebook: Any, path: Path) -> None:
    grade_ids = [cell.metadata["nbgrader"]["grade_id"] for cell in notebook.cells if "nbgrader" in cell.metadata]
    twice = sorted({grade_id for grade_id in grade_ids if grade_ids.count(grade_id) > 1})
    if twice:
        raise ValueError(f"{path}: grade_id {', '.join(twice)} is used twice; every nbgrader cell needs its own")


def _released(source: Any, name: str) -> Any:
    """What `nbgrader generate_assignment` would make of the notebook, without a gradebook."""
    from nbgrader.preprocessors import (
        CheckCellMetadata,
        ClearHiddenTests,
        ClearMarkScheme,
        ClearOutput,
        ClearSolutions,
        ComputeChecksums,
        IncludeHeaderFooter,
        LockCells,
    )

    config = nbgrader_config()
    notebook, resources = _from_dict(source), {"unique_key": name, "notebook_name": name}
    steps = (
        IncludeHeaderFooter,
        ClearSolutions,
        LockCells,
        ComputeChecksums,
        CheckCellMetadata,
        ClearOutput,
        ClearHiddenTests,
        ClearMarkScheme,
        ComputeChecksums,
        CheckCellMetadata,
    )
    for step in steps:
        preprocessor = step(config=config)
        preprocessor.enabled = True
        preprocessor.log.setLevel(logging.ERROR)
        notebook, resources = preprocessor(notebook, resources)
    return notebook


def nbgrader_config() -> Config:
    """The settings of nbgrader_config.py."""
    loaded: Config = PyFileConfigLoader("nbgrader_config.py", path=str(project_root())).load_config()
    return loaded


def _from_dict(content: Any) -> Any:
    return nbformat.from_dict(content)  # type: ignore[no-untyped-call]


def _written(notebook: Any) -> bytes:
    text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)  # type: ignore[no-untyped-call]
    return f"{text}\n".encode()


def outputs(lab: BuiltLab, root: Path | None = None) -> Iterator[tuple[Path, bytes]]:
    """Where the files of a lab go: the learner's, which are committed, and then the instructor's, which are not."""
    top = root or project_root()
    notebook = f"{lab.name}.ipynb"
    for folder, content in ((top / "labs", lab.release), (top / "build" / "source", lab.source)):
        yield folder / lab.name / notebook, content
        for name, file in lab.files.items():
            yield folder / lab.name / name, file


def write(lab: BuiltLab, root: Path | None = None) -> list[Path]:
    """Write a lab's files. Returns those whose content changed. Raises OSError."""
    changed = []
    for path, content in outputs(lab, root):
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            changed.append(path)
    return changed


def stale(root: Path | None = None) -> list[Path]:
    """The committed files under labs/ that are not what the solutions give, missing and left-over ones included."""
    top = root or project_root()
    wanted = {
        path: content
        for folder in solution_folders(top)
        for path, content in outputs(build(folder), top)
        if path.is_relative_to(top / "labs")
    }
    present = {
        path
        for path in (top / "labs").rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(top).parts)
    }
    differing = [path for path, content in wanted.items() if not path.exists() or path.read_bytes() != content]
    return sorted({*differing, *(present - wanted.keys())})
