"""What a learner has reached is kept, whatever happens to the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lmi_labs.checks import CheckResult
from lmi_labs.progress import Progress


def result(points: float, *, task: str = "52.01") -> CheckResult:
    """A result with so many of four points."""
    return CheckResult(task, points == 4, points, 4, "m")


def test_the_best_points_and_the_last_answers_are_kept(tmp_path: Path) -> None:
    """A later worse try takes nothing away; answers that can't be written are left out."""
    progress = Progress.load(tmp_path)
    progress.record(result(4), {"name": "good", "what": object()})
    progress.record(result(1), {"name": "worse"})
    again = Progress.load(tmp_path)
    assert again.points("52.01") == 4
    assert again.answers("52.01") == {"name": "worse"}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 9, "tasks": {}}', '{"version": 1, "tasks": {"a": 1}}'])
def test_a_file_that_cannot_be_read_is_kept_aside(tmp_path: Path, content: str) -> None:
    """It is renamed, the warning says so in one sentence, and work goes on."""
    (tmp_path / "progress.json").write_text(content)
    progress = Progress.load(tmp_path)
    aside = next(tmp_path.glob("progress.broken-*.json"))
    assert aside.read_text() == content
    assert aside.name in progress.warning
    progress.record(result(4), {})
    assert json.loads((tmp_path / "progress.json").read_text())["tasks"]["52.01"]["points"] == 4


def test_a_folder_that_cannot_be_written_does_not_stop_a_check(tmp_path: Path) -> None:
    """Progress is then not kept, and says why."""
    (tmp_path / "file").write_text("")
    progress = Progress.load(tmp_path / "file" / "below")
    progress.record(result(4), {})
    assert progress.points("52.01") == 4
    assert "can't be kept" in progress.warning


def test_hints_and_forgetting(tmp_path: Path) -> None:
    """Hints seen are counted up, never down; a reset forgets the task."""
    progress = Progress.load(tmp_path)
    progress.saw_hint("52.01", 2)
    progress.saw_hint("52.01", 1)
    assert Progress.load(tmp_path).hints_seen("52.01") == 2
    progress.forget(["52.01"])
    assert Progress.load(tmp_path).hints_seen("52.01") == 0


def test_a_learner_keeps_one_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The seed is drawn once, kept in the file, and not lost to a notebook that was opened before it was drawn."""
    monkeypatch.delenv("LMI_LABS_SEED", raising=False)
    opened_before = Progress.load(tmp_path)
    seed = Progress.load(tmp_path).seed
    assert 1 <= seed <= 99_999
    opened_before.saw_hint("52.01", 1)
    assert Progress.load(tmp_path).seed == opened_before.seed == seed
    Progress.load(tmp_path).forget(["52.01"])
    assert Progress.load(tmp_path).seed == seed


def test_who_grades_sets_the_learners_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """LMI_LABS_SEED comes before the kept seed, and must be a whole number."""
    monkeypatch.setenv("LMI_LABS_SEED", "17")
    assert Progress.load(tmp_path).seed == 17
    monkeypatch.setenv("LMI_LABS_SEED", "-3")
    with pytest.raises(ValueError, match="LMI_LABS_SEED is '-3'; it must be a whole number"):
        _ = Progress.load(tmp_path).seed
