"""The learner's folder: copies of the labs that may be changed, put back and backed up, so that labs/ never is."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from lmi_labs.places import project_root


def notebook_of(work: Path, name: str) -> Path:
    """Where a lab's notebook is in the learner's folder."""
    return work / name / f"{name}.ipynb"


def fill(work: Path) -> list[Path]:
    """Copy every lab that is missing into the folder. Returns the notebooks that were copied. Raises OSError."""
    copied = []
    for folder in sorted((project_root() / "labs").glob("day*")):
        target = notebook_of(work, folder.name)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / f"{folder.name}.ipynb", target)
            copied.append(target)
    return copied


def reset(work: Path, name: str) -> Path | None:
    """Put a lab back as it came. Returns where the learner's notebook was kept, if there was one. Raises OSError."""
    target = notebook_of(work, name)
    kept = None
    if target.exists():
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        kept = target.with_name(f"{name}.before-reset-{stamp}.ipynb")
        target.rename(kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(project_root() / "labs" / name / f"{name}.ipynb", target)
    return kept
