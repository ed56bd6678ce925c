"""Asking an emulator about saved accounts: one that runs, over HTTP, or one that doesn't, through its state file."""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

_TIMEOUT_S = 120


class StatesError(Exception):
    """It could not be done; the message is one sentence with the reason and the fix."""


class States:
    """The saved accounts of the emulator at an endpoint."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")

    @classmethod
    def at(cls, endpoint: str | None) -> States:
        """Those at the URL, or of the running session. Raises StatesError when nothing runs."""
        from lmi_labs import session

        if endpoint is None:
            session.use_running()
            endpoint = os.environ.get("LMI_LABS_ENDPOINT")
        if not endpoint:
            raise StatesError(
                "No emulator is running. Run `lmi-labs start`, or name one with --endpoint or a file with --state."
            )
        return cls(endpoint)

    def __enter__(self) -> States:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def ask(self, method: str, path: str, **query: str | None) -> dict[str, Any]:
        """The document of a request to the emulator's own API. Raises StatesError with what it says."""
        given = urlencode({name: value for name, value in query.items() if value is not None})
        status, document = self._answer(method, path, given)
        if status != 200:
            raise StatesError(str(document.get("message", document)))
        return document

    def folder(self) -> Path:
        """The folder of the saved accounts, on this machine."""
        return Path(self.ask("GET", "states")["folder"])

    def _answer(self, method: str, path: str, query: str) -> tuple[int, dict[str, Any]]:
        request = urllib.request.Request(f"{self.endpoint}/moto-api/lmi/{path}?{query}", method=method)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as exc:
            with exc:
                return exc.code, json.load(exc)
        except (OSError, ValueError) as exc:
            raise StatesError(f"The emulator at {self.endpoint} does not answer ({exc}). Is it running?") from exc


class StateFileStates(States):
    """The saved accounts beside a state file whose emulator does not run; it is locked meanwhile."""

    def __init__(self, path: Path) -> None:
        super().__init__("")
        self.path = path

    def __enter__(self) -> States:
        from moto_lmi.server import Emulator
        from moto_lmi.snapshot import StateError

        if not self.path.exists():
            raise StatesError(f"There is no state file {self.path}.")
        try:
            self._emulator = Emulator(self.path)
        except StateError as exc:
            raise StatesError(str(exc)) from exc
        return self

    def __exit__(self, *_: object) -> None:
        self._emulator.close()

    def _answer(self, method: str, path: str, query: str) -> tuple[int, dict[str, Any]]:
        from urllib.parse import parse_qsl

        from moto_lmi.internal_api import PREFIX, answer_internal

        return answer_internal(method, PREFIX + path, dict(parse_qsl(query)), b"")
