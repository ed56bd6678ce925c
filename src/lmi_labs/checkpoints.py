"""The account as it is at the beginning of a day: made once by playing the solutions of all days before it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from lmi_labs.building import read_solution, solution_folders
from lmi_labs.places import days, project_root

_SECONDS_PER_DAY = 900


class CheckpointError(Exception):
    """A checkpoint can't be made; the message says on which day and why."""


def make_checkpoint(day: int, folder: Path, tell: Callable[[str], None] = lambda text: None) -> str:
    """Make the checkpoint of the day in the folder of saved accounts, unless it is there. Returns its name.

    Raises LookupError for a day without a lab, CheckpointError when a solution fails.
    """
    from moto_lmi.saved_states import SavedStates

    if day not in days():
        raise LookupError(f"there is no lab for day {day}; there is {', '.join(map(str, days()))}")
    name = f"day{day}"
    present = {state.name: state for state in SavedStates(folder).all()}
    if name in present and not present[name].problem:
        return name
    before = [earlier for earlier in days() if earlier < day]
    tell(f"Playing the solutions of {len(before)} day{'' if len(before) == 1 else 's'} for day {day}, once.")
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "LMI_LABS_ACCOUNT": "moto", "LMI_LABS_HOME": home, "LMI_LABS_SPEED": "20"}
        environment.pop("AWS_ENDPOINT_URL", None)
        environment.pop("LMI_LABS_ENDPOINT", None)
        command = [sys.executable, "-m", "lmi_labs.checkpoints", str(folder), name, *map(str, before)]
        done = subprocess.run(
            command, env=environment, cwd=project_root(), capture_output=True, text=True, check=False,
            timeout=_SECONDS_PER_DAY * max(1, len(before)),
        )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        raise CheckpointError(f"The checkpoint of day {day} can't be made: {last}")
    return name


def play(folder: Path, name: str, before: list[int]) -> None:
    """Play the solutions of the days in an account of this process and save it. Raises what a solution raises."""
    from lmi_labs.account import open_account
    from moto_lmi.saved_states import SavedStates

    account = open_account()
    for solution in solution_folders():
        if int(solution.name[3:5]) not in before:
            continue
        namespace = {"__name__": "__main__", "display": lambda *_args, **_kwargs: None}
        for cell in read_solution(solution / "lab.py").cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, f"<{solution.name}>", "exec"), namespace)
    SavedStates(folder).save(name, account.account_id)


if __name__ == "__main__":
    play(Path(sys.argv[1]), sys.argv[2], [int(day) for day in sys.argv[3:]])
