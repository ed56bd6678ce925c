"""Accounts that were saved by name, to be put back later, or under another id: time travel, forks, checkpoints.

A state is a file NAME.state: a line of JSON, then a pickle of the account's backends, clock and switches. It belongs to
the versions that wrote it. Unpickling runs code, so every file is signed with a key that stays in the folder; one that
bears another signature, or was changed, is only loaded when the caller says that it is to be trusted.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import pickle
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID

from moto_lmi import snapshot
from moto_lmi.clock import clock_for
from moto_lmi.snapshot import StateError

_SUFFIX = ".state"
_KEY = "key"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_LOAD_ERRORS = (pickle.UnpicklingError, AttributeError, ImportError, EOFError, IndexError, KeyError, TypeError)

_folder: Path | None = None


@dataclass(frozen=True)
class SavedState:
    """One saved state: of which account, at which virtual time, when, how large, and why it can't be loaded, if so."""

    name: str
    account_id: str
    virtual: str
    saved: str
    bytes: int
    problem: str = ""


class SavedStates:
    """The states in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, name: str, account_id: str) -> SavedState:
        """Save the account under the name, in place of what was there. Raises ValueError, OSError."""
        path = self._path(name)
        content = snapshot.dump_account(account_id)
        header = {
            **snapshot.versions(),
            "account_id": account_id,
            "virtual": clock_for(account_id).now().isoformat(),
            "saved": datetime.now(UTC).isoformat(),
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps({**header, "signature": self._signature(header, content)}).encode()
        snapshot.write_whole(path, line + b"\n" + content)
        return self._described(path)

    def load(self, name: str, account_id: str | None = None, *, trusted: bool = False) -> SavedState:
        """Put the state back, under another id if one is given; what that account held is gone.

        Raises StateError when there is no such state, it is of other versions, or it isn't signed by this folder's key
        and not `trusted`. The account then stays as it was.
        """
        path = self._path(name)
        if not path.exists():
            known = ", ".join(state.name for state in self.all()) or "none"
            raise StateError(f"There is no saved state {name!r} in {self.folder}; there are: {known}.")
        header, content = _read(path)
        problem = _version_problem(path, header)
        if problem:
            raise StateError(problem)
        signed = hmac.compare_digest(str(header.pop("signature", "")), self._signature(header, content))
        if not signed and not trusted:
            raise StateError(
                f"{path} was not saved here, or was changed since. Loading a state runs what is in it: "
                "only if you trust who made it, load it with --trust."
            )
        try:
            snapshot.load_account(content, account_id or header["account_id"], header["account_id"])
        except _LOAD_ERRORS as exc:
            raise StateError(f"{path} can't be read ({type(exc).__name__}: {exc}); save the account anew.") from exc
        return self._described(path)

    def delete(self, name: str) -> None:
        """Delete the state. Raises StateError when there is none."""
        path = self._path(name)
        if not path.exists():
            raise StateError(f"There is no saved state {name!r} in {self.folder}.")
        path.unlink()

    def all(self) -> list[SavedState]:
        """Every state, by name."""
        return [self._described(path) for path in sorted(self.folder.glob(f"*{_SUFFIX}"))]

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a state: letters, digits, '.', '_' and '-', at most 64")
        return self.folder / f"{name}{_SUFFIX}"

    def _described(self, path: Path) -> SavedState:
        name, size = path.name.removesuffix(_SUFFIX), path.stat().st_size
        try:
            header, _ = _read(path)
            return SavedState(
                name, header["account_id"], header["virtual"], header["saved"], size, _version_problem(path, header)
            )
        except (StateError, KeyError):
            return SavedState(name, "", "", "", size, f"{path} is not a saved account.")

    def _signature(self, header: Mapping[str, Any], content: bytes) -> str:
        signed = json.dumps(header, sort_keys=True).encode() + b"\n" + hashlib.sha256(content).digest()
        return hmac.new(self._key(), signed, hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        path = self.folder / _KEY
        try:
            return path.read_bytes()
        except FileNotFoundError:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secrets.token_bytes(32))
            return path.read_bytes()


def _read(path: Path) -> tuple[dict[str, Any], bytes]:
    line, _, content = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(line)
        str(header["account_id"])
    except (ValueError, KeyError, TypeError) as exc:
        raise StateError(f"{path} is not a saved account.") from exc
    return header, content


def _version_problem(path: Path, header: Mapping[str, Any]) -> str:
    for name, here in snapshot.versions().items():
        if header.get(name) != here:
            return (
                f"{path} was saved with {name} {header.get(name)} and this is {here}; use that version, "
                "or make the state anew."
            )
    return ""


def keep_in(folder: Path | None) -> None:
    """Let this emulator keep saved states in the folder; None: nowhere."""
    global _folder
    _folder = folder


def answer_states(
    method: str, name: str, query: Mapping[str, str], account_id: str | None
) -> tuple[int, dict[str, Any]]:
    """Status and document for a request about saved states. Raises ValueError for a wrong one."""
    if _folder is None:
        return 409, {"message": "this emulator keeps no states; start it with --state FILE or --states FOLDER"}
    states = SavedStates(_folder)
    try:
        if (method, name) == ("GET", "states"):
            return 200, {"folder": str(_folder.resolve()), "states": [asdict(state) for state in states.all()]}
        wanted = query.get("name", "")
        if (method, name) == ("POST", "states/save"):
            return 200, asdict(states.save(wanted, account_id or DEFAULT_ACCOUNT_ID))
        if (method, name) == ("POST", "states/load"):
            return 200, asdict(states.load(wanted, account_id, trusted=query.get("trust") == "yes"))
        if (method, name) == ("POST", "states/delete"):
            states.delete(wanted)
            return 200, {}
    except StateError as exc:
        return 409, {"message": str(exc)}
    except OSError as exc:
        return 409, {"message": f"{exc.filename or _folder} can't be used: {exc.strerror}"}
    raise ValueError(f"there is no {method} {name}; GET states, POST states/save, states/load and states/delete are")
