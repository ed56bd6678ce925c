"""Lab 52 run cell by cell in the emulator, for the tests of its checks."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from moto import mock_aws

import lmi_labs.account
import moto_lmi
from lmi_labs.account import Account
from lmi_labs.building import cell_task, read_solution
from lmi_labs.checks import CheckResult
from lmi_labs.places import project_root
from lmi_labs.tasks import find_task
from moto_lmi.clock import reset_clocks

FOLDER = project_root() / "solutions" / "day52_capacity_providers"


@cache
def code_cells() -> tuple[tuple[str, str, str], ...]:
    """The code cells of the solution: the task that it answers, the task that it checks, and the code."""
    cells = read_solution(FOLDER / "lab.py").cells
    return tuple(
        (cell_task(cell, "answer") or "", cell_task(cell, "check") or "", cell.source)
        for cell in cells
        if cell.cell_type == "code"
    )


class Run:
    """The solution of lab 52, run as far as is wanted."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self._left = list(code_cells())

    @property
    def account(self) -> Account:
        """The account in which the lab runs."""
        account: Account = self.namespace["lab"].account
        return account

    def execute(self, code: str) -> None:
        """Run code among the lab's variables."""
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(code, "<cell>", "exec"), self.namespace)

    def until(self, task_id: str) -> Run:
        """Run everything up to the task's check."""
        while self._left:
            _, checked, code = self._left.pop(0)
            if not checked:
                self.execute(code)
            elif checked == task_id:
                return self
        raise AssertionError(f"no check of task {task_id} is left")

    def check(self, task_id: str, *, hidden: bool = False, **answers: object) -> CheckResult:
        """Check a task with the lab's variables, some of them replaced."""
        return find_task(task_id).check(self.account, {**self.namespace, **answers}, hidden=hidden)


@contextlib.contextmanager
def running(monkeypatch: pytest.MonkeyPatch, home: str) -> Iterator[Run]:
    """A run of the lab in an emulator of its own, in which time stands still but for what the lab waits."""
    monkeypatch.setenv("LMI_LABS_ACCOUNT", "moto")
    monkeypatch.setenv("LMI_LABS_HOME", home)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    # The emulator is started and stopped here, so that nothing of it is left for other tests.
    monkeypatch.setattr(lmi_labs.account, "_in_process", True)
    moto_lmi.enable(speed=0)
    reset_clocks()
    with mock_aws():
        yield Run()
    reset_clocks()
