"""The course: checks that answer at once, a first cell and a help page that nobody waits for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.measure import ROUNDS, Row, median, p95, seconds
from lmi_labs.building import build, solution_folders, write
from lmi_labs.places import project_root

_CHECKS = """
import json, os, sys, time
os.environ.update(LMI_LABS_ACCOUNT="moto", LMI_LABS_HOME=sys.argv[1])
from lmi_labs.building import read_solution, solution_folders
from lmi_labs.building import cell_task
from lmi_labs.verifying import _execute, _namespace
times = []
for folder in solution_folders():
    namespace = _namespace()
    for cell in read_solution(folder / "lab.py").cells:
        if cell.cell_type != "code":
            continue
        task = cell_task(cell, "check")
        if not task:
            _execute(cell.source, namespace)
            continue
        namespace["lab"].check(task)
        for _ in range(10):
            started = time.perf_counter()
            namespace["lab"].check(task)._repr_html_()
            times.append(time.perf_counter() - started)
print(json.dumps(times))
"""
_FIRST_CELL = "from lmi_labs import open_lab\nlab = open_lab(52)"


def checks() -> Row:
    """Latency of a check cell, rendering included, over every task of every lab."""
    with tempfile.TemporaryDirectory() as home:
        run = [sys.executable, "-c", _CHECKS, home]
        done = subprocess.run(run, capture_output=True, text=True, check=True)
    times = json.loads(done.stdout.splitlines()[-1])
    return Row(
        f"check of a task ({len(times)} checks)",
        f"p50 {median(times) * 1000:.1f} ms, p95 {p95(times) * 1000:.1f} ms",
        f"{seconds(_validate):.1f} s (nbgrader validate, the whole notebook)",
        "",
        "p95 ≤ 100 ms",
    )


def _validate() -> None:
    """nbgrader's own way to look at answers: it runs the whole notebook again."""
    for folder in solution_folders():
        write(build(folder))
        notebook = project_root() / "build" / "source" / folder.name / f"{folder.name}.ipynb"
        with tempfile.TemporaryDirectory() as home:
            environment = {**os.environ, "LMI_LABS_ACCOUNT": "moto", "LMI_LABS_HOME": home}
            program = str(Path(sys.executable).with_name("nbgrader"))
            subprocess.run([program, "validate", str(notebook)], env=environment, capture_output=True, check=True)


def help_page() -> Row:
    """Wall time of `lmi-labs --help` beside that of an empty Python."""
    program = str(Path(sys.executable).with_name("lmi-labs"))
    ours, empty = [], []
    for _ in range(15):
        ours.append(seconds(lambda: subprocess.run([program, "--help"], capture_output=True, check=True)))
        empty.append(seconds(lambda: subprocess.run([sys.executable, "-c", ""], capture_output=True, check=True)))
    return Row(
        "lmi-labs --help",
        f"{median(ours) * 1000:.0f} ms",
        f"{median(empty) * 1000:.0f} ms (empty Python)",
        f"{median(ours) / median(empty):.1f} ×",
        "≤ 120 ms",
    )


def first_cell() -> Row:
    """Time of a lab's first cell in a kernel that is up and idle, beside the import of boto3 and moto alone."""
    return Row(
        "first cell of a lab, kernel warm",
        f"{median([_in_kernel(_FIRST_CELL) for _ in range(ROUNDS)]):.2f} s",
        f"{median([_in_kernel('import boto3, moto') for _ in range(ROUNDS)]):.2f} s (import boto3, moto)",
        "",
        "≤ 1.5 s",
    )


def _in_kernel(code: str) -> float:
    from jupyter_client.manager import start_new_kernel

    with tempfile.TemporaryDirectory() as home:
        manager, client = start_new_kernel(
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            env={"LMI_LABS_ACCOUNT": "moto", "LMI_LABS_HOME": home, "PATH": "/usr/bin:/bin"},
        )
        try:
            client.execute_interactive("1", timeout=60, output_hook=lambda _: None)
            return seconds(lambda: client.execute_interactive(code, timeout=60, output_hook=lambda _: None))
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)


def rows() -> Iterator[Row]:
    """Everything about the course."""
    yield checks()
    yield help_page()
    yield first_cell()
