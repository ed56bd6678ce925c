"""What a learner has reached, in a file of their own that never leaves the machine."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lmi_labs.checks import CheckResult
from lmi_labs.tasks import Task

log = logging.getLogger(__name__)

_VERSION = 1
_LARGEST_SEED = 99_999

SEED_VARIABLE = "LMI_LABS_SEED"
"""The environment variable that sets a learner's number, so that who grades draws what the learner had."""


def home() -> Path:
    """The folder for what belongs to the learner: `LMI_LABS_HOME`, else .lmi-labs in the home folder."""
    return Path(os.environ.get("LMI_LABS_HOME") or Path.home() / ".lmi-labs")


class Progress:
    """Points, attempts, hints and the last answers of each task. A file that can't be written never stops a check."""

    def __init__(self, path: Path, tasks: dict[str, dict[str, Any]], seed: int | None = None) -> None:
        self.path = path
        self._tasks = tasks
        self._seed = seed
        self.warning = ""

    @classmethod
    def load(cls, folder: Path | None = None) -> Progress:
        """Read the file. One that can't be read is kept aside under another name, and `warning` says so."""
        path = (folder or home()) / "progress.json"
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            tasks = document["tasks"]
            seed = document.get("seed")
            if document["version"] != _VERSION or not all(isinstance(item, dict) for item in tasks.values()):
                raise ValueError("not of this version")
            if seed is not None and type(seed) is not int:
                raise ValueError("the seed is no number")
        except FileNotFoundError:
            return cls(path, {})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            return cls._begin_again(path, exc)
        return cls(path, tasks, seed)

    @property
    def seed(self) -> int:
        """The learner's number, from which what is drawn for them follows; itself drawn once, and kept.

        `LMI_LABS_SEED` comes before the kept one. Raises ValueError when that is no whole number.
        """
        given = os.environ.get(SEED_VARIABLE)
        if given:
            if not (given.isascii() and given.isdigit()):
                raise ValueError(f"{SEED_VARIABLE} is {given!r}; it must be a whole number of at least 0")
            return int(given)
        self._seed = self._seed or self._seed_in_the_file()
        if self._seed is None:
            self._seed = secrets.randbelow(_LARGEST_SEED) + 1
            self._save()
        return self._seed

    def _seed_in_the_file(self) -> int | None:
        """The seed that another notebook may have drawn since the file was read."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            seed = json.loads(self.path.read_text(encoding="utf-8")).get("seed")
            return seed if type(seed) is int else None
        return None

    @classmethod
    def _begin_again(cls, path: Path, exc: Exception) -> Progress:
        fresh = cls(path, {})
        aside = path.with_name(f"progress.broken-{int(time.time())}.json")
        try:
            path.rename(aside)
            fresh.warning = f"{path} could not be read ({exc}); it was kept as {aside.name} and progress begins anew."
        except OSError:
            fresh.warning = f"{path} could not be read ({exc}); progress is not kept until it can be."
        log.warning("%s", fresh.warning)
        return fresh

    def record(self, result: CheckResult, answers: Mapping[str, Any]) -> None:
        """Note the outcome of a check and the answers that can be kept."""
        entry = self._entry(result.task)
        entry["attempts"] += 1
        entry["points"] = max(entry["points"], result.points)
        entry["max_points"] = result.max_points
        entry["passed"] = entry["passed"] or result.passed
        entry["answers"] = {name: value for name, value in answers.items() if _keepable(value)}
        self._save()

    def saw_hint(self, task_id: str, number: int) -> None:
        """Note that a hint was shown."""
        entry = self._entry(task_id)
        entry["hints"] = max(entry["hints"], number)
        self._save()

    def hints_seen(self, task_id: str) -> int:
        """How many hints of the task were shown."""
        return int(self._tasks.get(task_id, {}).get("hints", 0))

    def answers(self, task_id: str) -> dict[str, Any]:
        """The last answers of the task that could be kept."""
        return dict(self._tasks.get(task_id, {}).get("answers", {}))

    def points(self, task_id: str) -> float:
        """The most points that the task was given."""
        return float(self._tasks.get(task_id, {}).get("points", 0.0))

    def forget(self, task_ids: Sequence[str]) -> None:
        """Forget what is known of the tasks."""
        for task_id in task_ids:
            self._tasks.pop(task_id, None)
        self._save()

    def to_dict(self, tasks: Sequence[Task]) -> list[dict[str, Any]]:
        """The tasks with what was reached in each, as JSON-able data."""
        return [
            {"task": item.id, "title": item.title, "points": self.points(item.id), "max_points": item.points,
             **{name: self._tasks.get(item.id, {}).get(name, 0) for name in ("attempts", "hints")}}
            for item in tasks
        ]  # fmt: skip

    def summary(self, tasks: Sequence[Task]) -> str:
        """A line a task and the sum, as text."""
        lines = [
            f"{'✔' if self.points(item.id) == item.points else '·'} {item.id}  {item.title}: "
            f"{self.points(item.id):g} of {item.points:g}"
            for item in tasks
        ]
        reached, most = sum(self.points(item.id) for item in tasks), sum(item.points for item in tasks)
        return "\n".join([*lines, f"Together {reached:g} of {most:g} points."])

    def _entry(self, task_id: str) -> dict[str, Any]:
        fresh = {"attempts": 0, "points": 0.0, "max_points": 0.0, "passed": False, "hints": 0, "answers": {}}
        return self._tasks.setdefault(task_id, fresh)

    def _save(self) -> None:
        self._seed = self._seed or self._seed_in_the_file()
        kept = {"version": _VERSION, "seed": self._seed, "tasks": self._tasks}
        content = json.dumps(kept, indent=1)
        try:
            write_text_whole(self.path, content)
        except OSError as exc:
            self.warning = f"Progress can't be kept in {self.path}: {exc.strerror}."
            log.debug("%s", self.warning)


def write_text_whole(path: Path, content: str) -> None:
    """Write a text file so that there is either the old content or the new, never a part. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _keepable(value: object) -> bool:
    try:
        return len(json.dumps(value)) < 10_000
    except (TypeError, ValueError, RecursionError):
        return False
