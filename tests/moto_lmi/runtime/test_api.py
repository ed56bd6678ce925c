"""The Runtime API by the public contract, spoken by hand: statuses, headers, error types, in and out of order."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any

import pytest

from moto_lmi.runtime import Answer, Busy, FunctionError, Lost, Stream

from .helpers import ApiWorld, Client

NEXT = "/2018-06-01/runtime/invocation/next"
ACCEPTED = (202, {"status": "OK"})
INVALID_ID = (400, {"errorMessage": "Invalid request ID", "errorType": "InvalidRequestID"})
TOO_LATE = (410, {"errorMessage": "Invoke timeout", "errorType": "InvokeTimeout"})


def of(request_id: str, what: str = "response") -> str:
    """The path of an invocation's answer."""
    return f"/2018-06-01/runtime/invocation/{request_id}/{what}"


def run(scenario: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Make a test of a coroutine."""

    @wraps(scenario)
    def test(**arguments: Any) -> None:
        asyncio.run(asyncio.wait_for(scenario(**arguments), 20))

    return test


@run
async def test_an_invocation_goes_to_a_worker_and_its_answer_to_the_caller() -> None:
    """next has AWS's headers and the payload; response is accepted; the caller gets the bytes as they are."""
    async with ApiWorld(timeout_s=10) as world:
        worker = await world.worker()
        assert world.ready == 1
        future = world.invoke(
            payload=b'{"a": 1}',
            trace_id="Root=1-5",
            client_context='{"client": {}}',
            cognito_identity='{"cognitoIdentityId": "i"}',
        )
        status, headers, body = await worker.receive()
        assert (status, body) == (200, b'{"a": 1}')
        assert headers["lambda-runtime-aws-request-id"] == "id-1"
        assert headers["lambda-runtime-invoked-function-arn"] == world.spec.arn
        assert 9 < int(headers["lambda-runtime-deadline-ms"]) / 1000 - time.time() < 11
        assert headers["lambda-runtime-trace-id"] == "Root=1-5"
        assert headers["lambda-runtime-client-context"] == '{"client": {}}'
        assert headers["lambda-runtime-cognito-identity"] == '{"cognitoIdentityId": "i"}'
        answer = b'{ "b" :2}'
        assert await worker.ask("POST", of("id-1"), answer, Content_Type="application/json") == ACCEPTED
        assert await future == Answer(answer)


@run
async def test_headers_that_have_no_value_are_left_out() -> None:
    """Trace, client context and identity are sent only when the caller gave them."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke()
        _, headers, _ = await worker.receive()
        assert not {name for name in headers if name.endswith(("trace-id", "client-context", "cognito-identity"))}
        await worker.ask("POST", of("id-1"), b"1")
        await future


@run
async def test_unknown_and_repeated_ids_are_refused() -> None:
    """400 InvalidRequestID: for an id that never was, and for a second answer."""
    async with ApiWorld() as world:
        worker = await world.worker()
        assert await (await world.client()).ask("POST", of("never"), b"1") == INVALID_ID
        assert await (await world.client()).ask("POST", of("never", "error"), b"{}") == INVALID_ID
        future = world.invoke()
        await worker.receive()
        assert await worker.ask("POST", of("id-1"), b"1") == ACCEPTED
        assert await worker.ask("POST", of("id-1"), b"2") == INVALID_ID
        assert await worker.ask("POST", of("id-1", "error"), b"{}") == INVALID_ID
        assert (await future).payload == b"1"


@run
async def test_an_error_reaches_the_caller_byte_for_byte() -> None:
    """The payload is the runtime's; type, message and stack are read from it."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke()
        await worker.receive()
        body = json.dumps({"errorType": "Boom", "errorMessage": "bang", "stackTrace": ["line 1"]}).encode()
        assert await worker.ask("POST", of("id-1", "error"), body) == ACCEPTED
        assert await future == FunctionError("Boom", "bang", ("line 1",), body)


@run
async def test_an_error_that_is_not_json_is_passed_on() -> None:
    """Its type is the one in the header, if the platform knows the form."""
    async with ApiWorld() as world:
        worker = await world.worker()
        for number, (header, expected) in enumerate(
            [("Function.Custom", "Function.Custom"), ("Function.x", "Function.Unknown"), ("weird", "Runtime.Unknown")]
        ):
            future = world.invoke(f"id-{number}")
            if number:
                await worker.send("GET", NEXT)
            await worker.receive()
            path = of(f"id-{number}", "error")
            assert await worker.ask("POST", path, b"not json", Lambda_Runtime_Function_Error_Type=header) == ACCEPTED
            outcome = await future
            assert (outcome.error_type, outcome.payload) == (expected, b"not json")


@run
async def test_the_caller_is_told_at_the_deadline_and_the_worker_later() -> None:
    """Sandbox.Timedout at once; the code runs on and occupies its worker; its late answer is 410 InvokeTimeout."""
    async with ApiWorld(timeout_s=0.05, max_concurrency=1) as world:
        worker = await world.worker()
        future = world.invoke()
        await worker.receive()
        outcome = await future
        assert outcome.timed_out
        assert json.loads(outcome.payload) == {
            "errorType": "Sandbox.Timedout",
            "errorMessage": "Task timed out after 0.05 seconds",
        }
        assert world.invocations.figures()["past_deadline"] == 1
        assert isinstance(await world.invoke("id-2"), Busy)
        assert await worker.ask("POST", of("id-1"), b"1") == TOO_LATE
        assert await worker.ask("POST", of("id-1"), b"1") == INVALID_ID
        assert world.invocations.in_flight == 0


@run
async def test_a_neighbour_is_untouched_by_a_timeout() -> None:
    """The deadline of one invocation changes nothing for another."""
    async with ApiWorld(timeout_s=5) as world:
        first, second = await world.worker(), await world.worker()
        slow, quick = world.invoke("slow", timeout_s=0.05), world.invoke("quick")
        await first.receive()
        await second.receive()
        assert (await slow).timed_out
        assert await second.ask("POST", of("quick"), b"1") == ACCEPTED
        assert (await quick).payload == b"1"


@run
async def test_never_more_in_flight_than_the_maximum() -> None:
    """The caller gets Busy at once when every worker has something, even if more workers ask."""
    async with ApiWorld(max_concurrency=2) as world:
        workers = [await world.worker(), await world.worker()]
        futures = [world.invoke("a"), world.invoke("b")]
        extra = await world.client()
        await extra.send("GET", NEXT)
        await asyncio.sleep(0.05)
        began = time.monotonic()
        assert await world.invoke("c") == Busy("Runtime.Unavailable", "no idle runtimes")
        assert time.monotonic() - began < 0.2
        for worker, name in zip(workers, "ab", strict=True):
            await worker.receive()
            await worker.ask("POST", of(name), b"1")
        assert [(await future).payload for future in futures] == [b"1", b"1"]


@run
async def test_more_workers_than_the_maximum_may_not_wait() -> None:
    """A next too many is answered with 500, as AWS does."""
    async with ApiWorld(max_concurrency=1) as world:
        await world.worker()
        client = await world.client()
        error = {"errorMessage": "Internal Server Error", "errorType": "InternalServerError"}
        assert await client.ask("GET", NEXT) == (500, error)


@run
async def test_an_invocation_waits_a_moment_for_a_worker_on_its_way() -> None:
    """A worker that has just answered asks again; nobody in between is told Busy."""
    async with ApiWorld(max_concurrency=1) as world:
        worker = await world.worker()
        first = world.invoke("a")
        await worker.receive()
        await worker.ask("POST", of("a"), b"1")
        await first
        second = world.invoke("b")
        await asyncio.sleep(0.05)
        await worker.send("GET", NEXT)
        assert (await worker.receive())[1]["lambda-runtime-aws-request-id"] == "b"
        await worker.ask("POST", of("b"), b"2")
        assert (await second).payload == b"2"


@run
async def test_a_worker_that_goes_away_answers_with_exit_error() -> None:
    """Runtime.ExitError for what it had; the environment has one worker less."""
    async with ApiWorld(max_concurrency=2) as world:
        first, _second = await world.worker(), await world.worker()
        future = world.invoke("a")
        await first.receive()
        await first.close()
        outcome = await future
        assert outcome.error_type == "Runtime.ExitError"
        assert json.loads(outcome.payload) == {
            "errorType": "Runtime.ExitError",
            "errorMessage": "RequestId: a Error: Runtime exited without providing a reason",
        }
        assert (world.lost, world.invocations.capacity) == (1, 1)


@run
async def test_a_worker_that_asks_again_without_an_answer_has_given_up() -> None:
    """Its invocation is answered for it, so that no caller waits for nothing."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke("a")
        await worker.receive()
        await worker.send("GET", NEXT)
        assert (await future).error_type == "Runtime.ExitError"
        again = world.invoke("b")
        assert (await worker.receive())[1]["lambda-runtime-aws-request-id"] == "b"
        await worker.ask("POST", of("b"), b"1")
        assert (await again).payload == b"1"


@run
async def test_the_same_id_twice_is_an_error_of_the_caller() -> None:
    """ValueError, and the first invocation goes on."""
    async with ApiWorld() as world:
        worker = await world.worker()
        first = world.invoke("a")
        with pytest.raises(ValueError, match="'a' is in use"):
            await world.invoke("a")
        await worker.receive()
        await worker.ask("POST", of("a"), b"1")
        assert (await first).payload == b"1"


@run
async def test_init_error_is_accepted_once() -> None:
    """202 for the first, 403 for the others; the error is kept with its type, message and stack."""
    async with ApiWorld() as world:
        client = await world.client()
        body = json.dumps({"errorType": "Runtime.ImportModuleError", "errorMessage": "m", "stackTrace": []}).encode()
        path = "/2018-06-01/runtime/init/error"
        assert await client.ask("POST", path, body) == ACCEPTED
        status, answer = await client.ask("POST", path, body)
        assert (status, answer["errorType"]) == (403, "InvalidStateTransition")
        assert [error.error_type for error in world.init_errors] == ["Runtime.ImportModuleError"]


@run
async def test_init_error_of_one_worker_does_not_end_a_ready_environment() -> None:
    """403 from the state Ready: the others go on, with one less."""
    async with ApiWorld(max_concurrency=2) as world:
        await world.worker()
        status, answer = await (await world.client()).ask("POST", "/2018-06-01/runtime/init/error", b"{}")
        assert status == 403
        assert answer["errorMessage"].startswith("State transition from Ready to InitError failed for runtime.")
        assert (world.init_errors, world.invocations.capacity) == ([], 1)


@run
async def test_a_response_over_six_megabytes_is_refused() -> None:
    """413 for the runtime, Function.ResponseSizeTooLarge for the caller; the connection goes on."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke("a")
        await worker.receive()
        status, answer = await worker.ask("POST", of("a"), b"x" * 6_291_557)
        assert (status, answer["errorType"]) == (413, "RequestEntityTooLarge")
        outcome = await future
        assert outcome.error_type == "Function.ResponseSizeTooLarge"
        assert "6291557" in outcome.message
        assert "6291556" in outcome.message
        await worker.send("GET", NEXT)
        again = world.invoke("b")
        await worker.receive()
        assert await worker.ask("POST", of("b"), b"x" * 6_291_556) == ACCEPTED
        assert len((await again).payload) == 6_291_556


@run
async def test_a_response_that_breaks_off_is_an_error() -> None:
    """Runtime.TruncatedResponse."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke("a")
        await worker.receive()
        worker.writer.write(f"POST {of('a')} HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc".encode())
        await worker.close()
        assert (await future).error_type == "Runtime.TruncatedResponse"


@run
async def test_an_unknown_response_mode_is_refused() -> None:
    """400 InvalidFunctionResponseMode for the runtime, an error for the caller."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke("a")
        await worker.receive()
        status, answer = await worker.ask("POST", of("a"), b"1", Lambda_Runtime_Function_Response_Mode="sideways")
        assert (status, answer["errorType"]) == (400, "InvalidFunctionResponseMode")
        assert (await future).error_type == "Runtime.InvalidResponseModeHeader"


async def begin_stream(worker: Client, request_id: str) -> None:
    """Send the head of a streamed response."""
    worker.writer.write(
        f"POST {of(request_id)} HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Type: text/plain\r\n"
        "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
        "Trailer: Lambda-Runtime-Function-Error-Type\r\n\r\n".encode()
    )
    await worker.writer.drain()


async def send_chunk(worker: Client, data: bytes) -> None:
    """Send a chunk, or the end when there is no data."""
    worker.writer.write(f"{len(data):x}\r\n".encode() + data + (b"\r\n" if data else b""))
    await worker.writer.drain()


@run
async def test_a_streamed_response_is_read_while_it_is_written() -> None:
    """The caller has each chunk before the next is sent, and no error at the end."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke("a", streaming=True)
        await worker.receive()
        await begin_stream(worker, "a")
        stream = await future
        assert isinstance(stream, Stream)
        assert stream.content_type == "text/plain"
        for part in (b"one", b"two"):
            await send_chunk(worker, part)
            assert await asyncio.wrap_future(stream.read()) == part
        await send_chunk(worker, b"")
        worker.writer.write(b"\r\n")
        assert (await worker.receive())[0] == 202
        assert [chunk async for chunk in stream] == []
        assert stream.error is None


@run
async def test_a_stream_that_fails_says_so_in_its_trailers() -> None:
    """Type and base64 body of the error come after the chunks."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke("a", streaming=True)
        await worker.receive()
        await begin_stream(worker, "a")
        await send_chunk(worker, b"half")
        await send_chunk(worker, b"")
        error = {"errorType": "Boom", "errorMessage": "in the middle"}
        body = base64.b64encode(json.dumps(error).encode()).decode()
        trailers = (
            f"Lambda-Runtime-Function-Error-Type: Runtime.X\r\nLambda-Runtime-Function-Error-Body: {body}\r\n\r\n"
        )
        worker.writer.write(trailers.encode())
        assert (await worker.receive())[0] == 202
        stream = await future
        assert [chunk async for chunk in stream] == [b"half"]
        assert (stream.error.error_type, stream.error.message) == ("Boom", "in the middle")


@run
async def test_a_stream_ends_at_the_deadline() -> None:
    """The caller has what came until then and the timeout; the function gets 410."""
    async with ApiWorld(timeout_s=0.2) as world:
        worker = await world.worker()
        future = world.invoke("a", streaming=True)
        await worker.receive()
        await begin_stream(worker, "a")
        await send_chunk(worker, b"half")
        stream = await future
        assert [chunk async for chunk in stream] == [b"half"]
        assert stream.error.timed_out
        await send_chunk(worker, b"more")
        assert (await worker.receive())[0] == 410


@run
async def test_a_fast_stream_waits_for_a_slow_reader() -> None:
    """What lies unread is bounded; nothing is lost."""
    async with ApiWorld(timeout_s=20) as world:
        worker = await world.worker()
        future = world.invoke("a", streaming=True)
        await worker.receive()
        await begin_stream(worker, "a")
        size = 16 * 1024 * 1024

        async def write() -> None:
            for _ in range(256):
                await send_chunk(worker, b"x" * (size // 256))
            await send_chunk(worker, b"")
            worker.writer.write(b"\r\n")

        writing = asyncio.create_task(write())
        stream = await future
        await asyncio.sleep(0.2)
        assert stream._buffered < 1024 * 1024
        assert not writing.done()
        assert sum([len(chunk) async for chunk in stream]) == size
        await writing


@run
async def test_a_stream_for_a_caller_who_wants_it_whole() -> None:
    """A buffered invocation of a streaming function gets one answer."""
    async with ApiWorld() as world:
        worker = await world.worker()
        future = world.invoke("a")
        await worker.receive()
        await begin_stream(worker, "a")
        await send_chunk(worker, b"one")
        await send_chunk(worker, b"two")
        await send_chunk(worker, b"")
        worker.writer.write(b"\r\n")
        assert (await worker.receive())[0] == 202
        assert await future == Answer(b"onetwo", "text/plain")


@run
async def test_paths_and_methods_that_are_not_there() -> None:
    """404 and 405, and the connection goes on."""
    async with ApiWorld() as world:
        client = await world.client()
        assert (await client.ask("GET", "/nowhere"))[0] == 404
        assert (await client.ask("GET", "/2018-06-01/runtime/invocation/a/else"))[0] == 404
        assert (await client.ask("POST", NEXT))[0] == 405
        assert (await client.ask("GET", of("a")))[0] == 405
        assert await client.ask("GET", "/2018-06-01/ping") == (200, b"pong")


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
    ],
    ids=["no-http", "version", "header", "negative", "huge", "chunk-size", "chunk-end"],
)
@run
async def test_what_is_not_http_is_refused(garbage: bytes) -> None:
    """400, and the connection is closed; the server goes on."""
    async with ApiWorld() as world:
        client = await world.client()
        client.writer.write(garbage)
        assert (await client.receive())[0] == 400
        assert await client.reader.read() == b""
        assert await (await world.client()).ask("GET", "/2018-06-01/ping") == (200, b"pong")


@run
async def test_a_request_may_come_in_any_pieces() -> None:
    """One byte at a time, chunked, and ten in one packet: the answers are the same."""
    async with ApiWorld() as world:
        slow = await world.client()
        for byte in b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: 1\r\n\r\n":
            slow.writer.write(bytes([byte]))
            await slow.writer.drain()
        assert (await slow.receive())[0] == 404
        many = await world.client()
        many.writer.write(b"GET /2018-06-01/ping HTTP/1.1\r\n\r\n" * 5000)
        for _ in range(5000):
            assert (await many.receive())[2] == b"pong"


@run
async def test_everyone_is_told_when_the_environment_ends() -> None:
    """Who waits and who comes later gets Lost with the reason."""
    async with ApiWorld(max_concurrency=2) as world:
        worker = await world.worker()
        running = world.invoke("a")
        await worker.receive()
        waiting = world.invoke("b")
        world.invocations.end("Extension.Crash", "it crashed")
        for future in (running, waiting, world.invoke("c")):
            outcome = await future
            assert isinstance(outcome, Lost)
            assert outcome.error_type == "Extension.Crash"


@run
async def test_start_and_report_frame_every_invocation() -> None:
    """platform.start and platform.report with status, duration and spans; nothing that managed instances don't send."""
    async with ApiWorld(timeout_s=0.1) as world:
        worker = await world.worker()
        good = world.invoke("good", trace_id="Root=1")
        await worker.receive()
        await worker.ask("POST", of("good"), b"1")
        await good
        await worker.send("GET", NEXT)
        late = world.invoke("late")
        await worker.receive()
        await late
        assert [(record.kind, record.request_id) for record in world.records] == [
            ("platform.start", "good"),
            ("platform.report", "good"),
            ("platform.start", "late"),
            ("platform.report", "late"),
        ]
        report, timeout = world.records[1].record, world.records[3].record
        assert report["status"] == "success"
        assert set(report) == {"requestId", "status", "metrics", "spans", "tracing"}
        assert set(report["metrics"]) == {"durationMs"}
        assert [span["name"] for span in report["spans"]] == ["responseLatency", "responseDuration"]
        assert (timeout["status"], timeout["errorType"]) == ("timeout", "Sandbox.Timedout")
        assert timeout["metrics"]["durationMs"] >= 100


@run
async def test_a_runtime_that_asks_ahead_is_held_to_the_maximum() -> None:
    """Node.js asks again before it has answered, on any connection; the maximum holds, and a closed one loses nothing."""
    async with ApiWorld(worker_per_connection=False, max_concurrency=2) as world:
        first = await world.worker()
        one = world.invoke("one")
        await first.receive()
        await first.close()
        second, third = await world.worker(), await world.worker()
        two = world.invoke("two")
        await second.receive()
        assert isinstance(await world.invoke("three"), Busy)
        other = await world.client()
        assert await other.ask("POST", of("one"), b"1") == ACCEPTED
        assert await other.ask("POST", of("two"), b"2") == ACCEPTED
        assert ((await one).payload, (await two).payload, world.lost) == (b"1", b"2", 0)
        four = world.invoke("four")
        await third.receive()
        await other.ask("POST", of("four"), b"4")
        assert (await four).payload == b"4"
