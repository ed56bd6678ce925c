"""What the processes of the environments use together, which no limit of a single process can hold down.

Twice a second all processes are read from /proc. An environment that uses more memory than its setting loses its largest
process, as the kernel would do to a container; one that has more processes than its limit is ended.
"""

from __future__ import annotations

import os
import signal
from collections import defaultdict
from dataclasses import dataclass


@dataclass(frozen=True)
class Process:
    """One process: resident bytes (shared pages counted in full) and threads."""

    pid: int
    parent: int
    resident: int
    threads: int


def processes() -> dict[int, Process]:
    """Every living process by its id; none where there is no /proc."""
    found = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return {}
    page = os.sysconf("SC_PAGE_SIZE")
    for name in names:
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        if fields[0] not in (b"Z", b"X"):
            found[int(name)] = Process(int(name), int(fields[1]), int(fields[21]) * page, int(fields[17]))
    return found


def below(root: int, everything: dict[int, Process]) -> list[Process]:
    """The processes that descend from `root`, without it."""
    children = defaultdict(list)
    for process in everything.values():
        children[process.parent].append(process)
    found: list[Process] = []
    level = [root]
    while level:
        born = [child for pid in level for child in children[pid]]
        found += born
        level = [child.pid for child in born]
    return found


def proportional_bytes(pid: int) -> int:
    """The memory of the process with shared pages divided among those who share them (PSS); 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


@dataclass(frozen=True)
class Verdict:
    """What was found about one environment, and what was done: `killed` names a process that was ended for memory."""

    memory_bytes: int
    threads: int
    killed: int = 0
    too_many: bool = False


def inspect(root: int, everything: dict[int, Process], memory_limit: int, thread_limit: int) -> Verdict:
    """Judge the environment whose sandbox is the process `root`, and end its largest process if it uses too much."""
    own = below(root, everything)
    threads = sum(process.threads for process in own)
    if threads > thread_limit:
        return Verdict(0, threads, too_many=True)
    memory = sum(process.resident for process in own)
    if memory > memory_limit:
        sizes = {process.pid: proportional_bytes(process.pid) for process in own}
        memory = sum(sizes.values())
        if memory > memory_limit:
            largest = max(sizes, key=lambda pid: sizes[pid])
            try:
                os.kill(largest, signal.SIGKILL)
            except OSError:
                largest = 0
            return Verdict(memory, threads, killed=largest)
    return Verdict(memory, threads)
