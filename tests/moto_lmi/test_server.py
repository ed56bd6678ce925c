"""The HTTP endpoint."""

from __future__ import annotations

import http.client
import json
import resource
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from moto_lmi.server import Emulator, make_http_server

from .serving import ServerProcess, state_of


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """One server for the tests that don't disturb each other."""
    with ServerProcess() as running:
        yield running


def test_accounts_by_access_key(server: ServerProcess) -> None:
    """Twelve digits, alone or behind LMI, are the account; what one makes the others don't see."""
    keys = {"111122223333": "111122223333", "LMI444455556666XXXXX": "444455556666", "testing": "123456789012"}
    for key, account in keys.items():
        assert server.client("sts", key).get_caller_identity()["Account"] == account
        server.client("logs", key).create_log_group(logGroupName=f"/of/{account}")
    for key, account in keys.items():
        groups = server.client("logs", key).describe_log_groups()["logGroups"]
        assert [group["logGroupName"] for group in groups] == [f"/of/{account}"]


def test_time_of_one_account_or_all(server: ServerProcess) -> None:
    """Advancing one account leaves the others' clocks where they are."""
    for account in ("777700000001", "777700000002"):
        server.ask("POST", f"/moto-api/lmi/speed?factor=0&account={account}")
    status, before = server.ask("GET", "/moto-api/lmi/clock")
    server.ask("POST", "/moto-api/lmi/advance?seconds=60&account=777700000001")
    _, after = server.ask("GET", "/moto-api/lmi/clock")
    assert status == 200
    assert after["777700000001"]["now"] > before["777700000001"]["now"]
    assert after["777700000002"] == before["777700000002"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "words"),
    [
        ("POST", "advance", None, 400, "seconds is missing"),
        ("POST", "advance?seconds=soon", None, 400, "'soon' is not a number"),
        ("POST", "advance?seconds=-1", None, 400, "outside"),
        ("POST", "speed?factor=-3", None, 400, "outside"),
        ("POST", "advance?seconds=1&account=me", None, 400, "twelve digits"),
        ("POST", "behaviour", {"nonsense": True}, 400, "no switch 'nonsense'"),
        ("POST", "behaviour", {"iam_propagation": "yes"}, 400, "true or false"),
        ("GET", "nonsense", None, 404, "there is no GET"),
    ],
)
def test_wrong_requests_to_the_own_api(
    server: ServerProcess, method: str, path: str, body: object, status: int, words: str
) -> None:
    """A wrong request is told in one sentence what is wrong."""
    found, document = server.ask(method, f"/moto-api/lmi/{path}", body)
    assert found == status
    assert words in document["message"]


def test_switches_are_set_and_read(server: ServerProcess) -> None:
    """What is set for an account is what it then has."""
    path = "/moto-api/lmi/behaviour?account=888800000001"
    server.ask("POST", path, {"iam_propagation": True})
    assert server.ask("GET", path)[1]["iam_propagation"] is True
    assert server.ask("GET", "/moto-api/lmi/behaviour?account=888800000002")[1]["iam_propagation"] is False


def test_what_is_not_emulated_says_so(server: ServerProcess) -> None:
    """An operation that nobody has implemented is a clear error, not a page of HTML."""
    with pytest.raises(ClientError) as caught:
        server.client("lambda").put_provisioned_concurrency_config(
            FunctionName="fn", Qualifier="1", ProvisionedConcurrentExecutions=1
        )
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert "not implemented in this emulator" in caught.value.response["Error"]["Message"]


def test_connections_stay_open(server: ServerProcess) -> None:
    """Several requests go over one connection, errors between them."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    statuses = []
    for path in ("/moto-api/lmi/clock", "/moto-api/lmi/nonsense", "/moto-api/lmi/clock"):
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
        statuses.append(answer.status)
    connection.close()
    assert statuses == [200, 404, 200]


def test_an_answer_goes_out_in_one_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    """Head and body are one send: a client of a server that dies has the whole answer or none of it."""
    sent: list[bytes] = []

    class Watched(socket.socket):
        def send(self, data: bytes, *rest: int) -> int:  # type: ignore[override]
            sent.append(bytes(data))
            return super().send(data, *rest)

    server = make_http_server(Emulator(), "127.0.0.1", 0)
    monkeypatch.setattr(socket, "socket", Watched)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/moto-api/lmi/clock", timeout=30) as answer:
            whole = answer.read()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    answers = [data for data in sent if len(data) > 1 and not data.startswith(b"GET ")]  # one byte wakes the loop
    assert len(answers) == 1
    assert answers[0].startswith(b"HTTP/1.1 200")
    assert answers[0].endswith(b"\r\n\r\n" + whole)


def test_a_client_that_waits_for_a_word_gets_it(server: ServerProcess) -> None:
    """`Expect: 100-continue` is answered before the body is sent."""
    with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10) as client:
        head = "POST /moto-api/lmi/behaviour?account=888800000004 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
        client.sendall(f"{head}Connection: close\r\nExpect: 100-continue\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 100 ")
        client.sendall(b"{}")
        rest = b""
        while piece := client.recv(4096):
            rest += piece
        assert b"HTTP/1.1 200" in rest


def test_bodies_in_chunks_and_lengths_that_are_none(server: ServerProcess) -> None:
    """A body without a length is read to its end; a length that is no number is refused in one sentence."""
    path = "/moto-api/lmi/behaviour?account=888800000003"
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    connection.request("POST", path, body=iter([b'{"rate_li', b'mits": true}']), encode_chunked=True,
                       headers={"Transfer-Encoding": "chunked"})  # fmt: skip
    assert json.load(connection.getresponse())["rate_limits"] is True
    connection.request("POST", path, headers={"Content-Length": "many"})
    answer = connection.getresponse()
    assert answer.status == 400
    assert "'many'" in json.load(answer)["message"]
    connection.close()


def test_a_taken_port_is_one_sentence() -> None:
    """The port, the reason and the fix, on standard error, exit code 1."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = [sys.executable, "-m", "lmi_labs", "serve", "--port", str(port)]
        done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert f"127.0.0.1:{port}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.parametrize("content", [b"", b"hello", b'{"format": "moto_lmi state 1"}\n123', b'{"format": "other"}\nxx'])
def test_a_state_file_that_cannot_be_used_is_left_alone(tmp_path: Path, content: bytes) -> None:
    """A foreign or damaged file is named in one sentence, exit code 1, and not touched."""
    path = tmp_path / "lab.state"
    path.write_bytes(content)
    run = [sys.executable, "-m", "lmi_labs", "serve", "--port", "0", *state_of(tmp_path)]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert str(path) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """The path, the reason, exit code 1."""
    (tmp_path / "file").write_text("")
    run = [sys.executable, "-m", "lmi_labs", "serve", "--port", "0", "--state", str(tmp_path / "file" / "state")]
    done = subprocess.run(run, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert str(tmp_path / "file") in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_full_disk_refuses_writes_and_keeps_reads(tmp_path: Path) -> None:
    """A write that can't be kept is not acknowledged and says why; reads go on, and so does writing when there is room."""
    with ServerProcess(*state_of(tmp_path)) as server:
        logs = server.client("logs")
        logs.create_log_group(logGroupName="/kept")
        # A limit on the size of files is to the server what a full disk is.
        size = (tmp_path / "lab.state.journal").stat().st_size
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        with pytest.raises(ClientError, match="can't write its state file"):
            logs.create_log_group(logGroupName="/lost")
        assert logs.describe_log_groups(logGroupNamePrefix="/kept")["logGroups"]
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
        logs.create_log_group(logGroupName="/after")
        server.kill()
    with ServerProcess(*state_of(tmp_path)) as server:
        names = {group["logGroupName"] for group in server.client("logs").describe_log_groups()["logGroups"]}
        assert {"/kept", "/after"} <= names


def test_a_state_has_one_user(tmp_path: Path) -> None:
    """A second server on the same state file is refused."""
    with ServerProcess(*state_of(tmp_path)), pytest.raises(RuntimeError, match="is in use by another emulator"):
        ServerProcess(*state_of(tmp_path))


def test_a_stop_by_signal_is_clean() -> None:
    """SIGTERM ends it with code 0."""
    assert ServerProcess().stop() == 0
