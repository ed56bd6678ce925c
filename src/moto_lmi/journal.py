"""A state file that survives a kill: a snapshot, and beside it a journal of what has been asked since.

Every request that may change something is written to the journal and forced to disk before it is answered. On the
next start the snapshot is loaded and the journal is played again: each request at its own wall time and with its own
random seed, so that the same identifiers and times come out. What can't be replayed to the bit (asymmetric keys)
makes a new snapshot instead.

    FILE            header line, then the pickle (`snapshot`)
    FILE.journal    header line with the snapshot's generation, then one line a request: checksum, space, JSON
    FILE.lock       held while a server uses the state
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from moto.moto_api._internal import mock_random

from moto_lmi import clock, snapshot
from moto_lmi.clock import wall_time_held
from moto_lmi.snapshot import StateError

_CHECKPOINT_EVERY = 5000
_SEED_BITS = 64
_urandom = os.urandom


@dataclass(frozen=True)
class Entry:
    """One request: when it came, the seed for what it drew, and what it was."""

    wall: str
    seed: int
    environ: dict[str, str]
    body: str

    @classmethod
    def now(cls, environ: dict[str, str], body: bytes) -> Entry:
        """An entry for a request that is about to be handled."""
        seed = int.from_bytes(_urandom(_SEED_BITS // 8), "big")
        return cls(datetime.now(UTC).isoformat(), seed, environ, body.decode("latin-1"))

    @contextmanager
    def conditions(self) -> Iterator[None]:
        """The wall time, the random numbers and the bytes of the operating system under which it is handled."""
        mock_random.seed(self.seed)
        here = threading.get_ident()

        def seeded(count: int) -> bytes:
            return mock_random.randbytes(count) if threading.get_ident() == here else _urandom(count)

        os.urandom = seeded  # moto draws key material and session tokens from it
        try:
            with wall_time_held(datetime.fromisoformat(self.wall)):
                yield
        finally:
            os.urandom = _urandom
            mock_random.seed(int.from_bytes(_urandom(_SEED_BITS // 8), "big"))

    def line(self) -> bytes:
        """The entry as a line of the journal."""
        content = json.dumps(asdict(self), separators=(",", ":")).encode()
        return b"%08x %s\n" % (zlib.crc32(content), content)


class StateFile:
    """The state of a running server on disk. Its methods are called while the server's lock is held, save `sync`."""

    def __init__(self, path: Path, replay: Callable[[Entry], None]) -> None:
        """Lock the file, load it if there is one, and play its journal again.

        Raises StateError with one sentence when it can't be used.
        """
        self.path = path
        self._journal_path = path.with_name(path.name + ".journal")
        self._written = self._synced = self._since_checkpoint = 0
        self._sync_lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = path.with_name(path.name + ".lock").open("w")
            _lock_or_refuse(self._lock, path)
            self._generation = snapshot.load(path)["generation"] if path.exists() else 0
            entries = list(self._entries())
            for entry in entries:
                replay(entry)
            self._journal: IO[bytes]
            self.checkpoint()
        except OSError as exc:
            raise StateError(f"{exc.filename or path} can't be used as a state file: {exc.strerror}.") from exc

    def append(self, entry: Entry) -> int:
        """Write the entry down. Returns the mark up to which `sync` must force the journal. Raises OSError."""
        line = entry.line()
        self._journal.write(line)
        self._journal.flush()
        self._written += len(line)
        self._since_checkpoint += 1
        if self._since_checkpoint >= _CHECKPOINT_EVERY:
            self.checkpoint()
        return self._written

    def sync(self, mark: int) -> None:
        """Force the journal to disk up to the mark; one call serves everybody who waits. Raises OSError."""
        with self._sync_lock:
            if self._synced < mark:
                written = self._written
                os.fsync(self._journal.fileno())
                self._synced = written

    def checkpoint(self) -> None:
        """Write a new snapshot and begin an empty journal. Raises OSError; the old state then stays good."""
        generation = self._generation + 1
        snapshot.save(self.path, generation=generation)
        self._generation = generation
        snapshot.write_whole(self._journal_path, json.dumps({"generation": generation}).encode() + b"\n")
        with self._sync_lock:
            if hasattr(self, "_journal"):
                self._journal.close()
            self._journal = self._journal_path.open("ab")
            self._synced = self._written
        self._since_checkpoint = 0

    def close(self) -> None:
        """Write a last snapshot and let the file go."""
        self.checkpoint()
        self._journal.close()
        self._lock.close()

    def _entries(self) -> Iterator[Entry]:
        """The journal's entries, if it continues the snapshot; a last line that was cut off was never answered."""
        if not self._journal_path.exists():
            return
        header, *lines = self._journal_path.read_bytes().split(b"\n")
        try:
            generation = json.loads(header)["generation"]
        except (ValueError, KeyError, TypeError) as exc:
            raise StateError(f"{self._journal_path} has no readable header; move it away to go on without it.") from exc
        if generation != self._generation:
            return
        for number, line in enumerate(lines):
            entry = _read_line(line)
            if entry is not None:
                yield entry
            elif number < len(lines) - 2 or (line and number == len(lines) - 2):
                raise StateError(
                    f"{self._journal_path} is damaged in line {number + 2}; restore a copy of it or move it away."
                )


def _read_line(line: bytes) -> Entry | None:
    checksum, _, content = line.partition(b" ")
    try:
        if int(checksum, 16) != zlib.crc32(content):
            return None
        return Entry(**json.loads(content))
    except (ValueError, TypeError):
        return None


def _lock_or_refuse(file: IO[str], path: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        file.close()
        raise StateError(f"{path} is in use by another emulator; stop that one or name another file.") from exc


def changes_something(method: str, target: str, action: str) -> bool:
    """Whether a request may change state: all but plain reads do, going by method, JSON target or query action."""
    operation = action or target.rpartition(".")[2]
    if operation:
        return not operation.startswith(("Describe", "Get", "List", "Head", "Lookup", "Search"))
    return method not in ("GET", "HEAD", "OPTIONS")


def used_state() -> int:
    """A figure that grows when a request brings a backend or a clock into being, as even a read can."""
    regions = sum(len(account) for item in snapshot.used_backends() for account in item.values())
    return regions + len(clock.ALL)
