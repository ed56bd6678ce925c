"""A server process for the tests, as a user would start it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import IncompleteReadError

READY = "LMI Labs emulator ready at "


class ServerProcess:
    """`lmi-labs serve` on a free port."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lmi_labs", "serve", "--port", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline().strip()
        if not line.startswith(READY):
            _, errors = self.process.communicate(timeout=30)
            raise RuntimeError(f"the server said {line!r} and {errors!r}")
        self.url = line.removeprefix(READY)

    def __enter__(self) -> ServerProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> int:
        """End it as Ctrl-C does; its exit code."""
        self.process.terminate()
        return self._end()

    def kill(self) -> None:
        """End it without any warning."""
        self.process.kill()
        self._end()

    def _end(self) -> int:
        code = self.process.wait(timeout=30)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()
        return code

    def client(self, service: str, access_key: str = "testing") -> Any:
        """A client of the server."""
        session = boto3.Session(access_key, "secret", region_name="us-east-1")
        config = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=60)
        client = session.client(service, endpoint_url=self.url, config=config)
        client.meta.events.register("before-parse", refuse_what_was_cut_off)
        return client

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and document of a request to the emulator's own API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


def refuse_what_was_cut_off(response_dict: Mapping[str, Any], **_: object) -> None:
    """botocore reads an answer that ends early as one without members; a dead server has not acknowledged anything."""
    if not isinstance(response_dict["body"], bytes) or response_dict["status_code"] == 204:
        return  # a stream, which tells by itself, and an answer that has no body
    headers, got = response_dict["headers"], len(response_dict["body"])
    if "transfer-encoding" not in headers and headers.get("content-length") != str(got):
        raise IncompleteReadError(
            actual_bytes=got, expected_bytes=headers.get("content-length", "an unknown number of")
        )


def state_of(folder: Path) -> tuple[str, str]:
    """The arguments for a state file in the folder."""
    return "--state", str(folder / "lab.state")
