"""Responses that stream, and function URLs: live over HTTP, whole in process."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from moto_lmi import invoking
from moto_lmi.invoking.url_answers import write_stream
from moto_lmi.runtime.http import Connection
from moto_lmi.runtime.streams import Stream

from .running import PACKAGE
from .serving import ServerProcess
from .test_invoke_http import plain_function
from .world import World, archive

ECHO = """
    import json

    def handler(event, context):
        path = event["rawPath"]
        if path == "/fail":
            raise ValueError("hidden")
        if path == "/plain":
            return "just text"
        if path == "/made":
            return {
                "statusCode": 201,
                "headers": {"X-Own": "yes", "Content-Type": "text/plain"},
                "cookies": ["a=1", "b=2"],
                "body": "aGVsbG8=",
                "isBase64Encoded": True,
            }
        return {"statusCode": 200, "body": json.dumps(event)}
"""


@pytest.fixture(scope="module")
def server() -> Iterator[ServerProcess]:
    """A server with a function that answers what its URL was asked."""
    with ServerProcess("--speed", "0") as running:
        plain_function(running, "echo", Code={"ZipFile": archive({"app.py": ECHO})})
        yield running


def ask(
    server: ServerProcess, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Status, headers and body of a request."""
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=named)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def url_of(server: ServerProcess, **settings: Any) -> str:
    """The id of the function's URL with the settings; one that was there is replaced."""
    lambda_ = server.client("lambda")
    for config in lambda_.list_function_url_configs(FunctionName="echo")["FunctionUrlConfigs"]:
        assert config["FunctionUrl"].startswith("https://")
        lambda_.delete_function_url_config(FunctionName="echo")
    made = lambda_.create_function_url_config(FunctionName="echo", **{"AuthType": "NONE", **settings})
    return str(made["FunctionUrl"].removeprefix("https://").partition(".")[0])


def events_of(answer: Any) -> tuple[bytes, list[Any]]:
    """The payload of an event stream, and how it ended."""
    payload, ends = b"", []
    for event in answer["EventStream"]:
        if "PayloadChunk" in event:
            payload += event["PayloadChunk"]["Payload"]
        else:
            ends.append(event["InvokeComplete"])
    return payload, ends


def test_a_stream_in_process_is_whole(world: World) -> None:
    """Chunks and their end, from a function that doesn't stream: one chunk; its error stands in the end."""
    world.function("plain", Code={"ZipFile": PACKAGE})
    answer = world.lambda_.invoke_with_response_stream(FunctionName="plain", Payload=b'{"a": 1}')
    assert (answer["StatusCode"], answer["ExecutedVersion"]) == (200, "$LATEST")
    assert events_of(answer) == (b'{"a": 1}', [{}])
    failed = world.lambda_.invoke_with_response_stream(FunctionName="plain", Payload=b'{"do": "fail"}')
    payload, (end,) = events_of(failed)
    assert (payload, end["ErrorCode"]) == (b"", "ValueError")
    assert json.loads(end["ErrorDetails"])["errorMessage"] == "no good"
    invoking.close()


def test_a_stream_over_http(server: ServerProcess) -> None:
    """The same over HTTP, in chunks; a refusal is an ordinary answer."""
    plain_function(server, "streamed")
    lambda_ = server.client("lambda")
    answer = lambda_.invoke_with_response_stream(FunctionName="streamed", Payload=b'{"a": 1}')
    assert events_of(answer) == (b'{"a": 1}', [{}])
    with pytest.raises(ClientError, match="Function not found"):
        lambda_.invoke_with_response_stream(FunctionName="nobody")


def test_pieces_are_sent_as_they_come_and_a_prelude_is_the_head() -> None:
    """A client has the first piece while the second isn't written; the prelude of AWS's integration type is status and headers."""

    async def play() -> None:
        loop = asyncio.get_running_loop()
        stream = Stream(loop, "application/vnd.awslambda.http-integration-response")
        ours, theirs = socket.socketpair()

        class Nobody:
            def opened(self, _connection: Connection) -> bool:
                return True

            def closed(self, _connection: Connection) -> None:
                return

            route = None

        _, connection = await loop.create_connection(lambda: Connection(Nobody()), sock=ours)  # type: ignore[arg-type]
        reader, writer = await asyncio.open_connection(sock=theirs)
        sending = asyncio.create_task(write_stream(connection, stream, {"X-Id": "1"}))
        head = json.dumps({"statusCode": 418, "headers": {"X-Own": "yes"}, "cookies": ["c=1"]}).encode()
        stream.put(head[:10], bytes, bytes)  # type: ignore[arg-type]
        stream.put(head[10:] + bytes(8) + b"one", bytes, bytes)  # type: ignore[arg-type]
        got = await reader.readuntil(b"one\r\n")
        assert got.startswith(b"HTTP/1.1 418 ")
        assert b"X-Own: yes\r\n" in got
        assert b"Set-Cookie: c=1\r\n" in got
        stream.put(b"two", bytes, bytes)  # type: ignore[arg-type]
        assert await reader.readuntil(b"two\r\n") == b"3\r\ntwo\r\n"
        stream.end()
        assert await reader.readuntil(b"0\r\n\r\n") == b"0\r\n\r\n"
        await sending
        connection.close()
        writer.close()

    asyncio.run(play())


def test_a_url_gives_the_function_an_event(server: ServerProcess) -> None:
    """Method, path, query, headers, cookies and body are in an event of payload format 2.0, by path and by host."""
    url_id = url_of(server)
    status, _, body = ask(server, "PUT", f"/lambda-url/{url_id}/a%20b?x=1&x=2&y=", b"hi", Cookie="k=v; l=w", X_Own="me")
    event = json.loads(body)
    assert status == 200
    assert (event["version"], event["rawPath"], event["rawQueryString"]) == ("2.0", "/a b", "x=1&x=2&y=")
    assert event["queryStringParameters"] == {"x": "1,2", "y": ""}
    assert event["cookies"] == ["k=v", "l=w"]
    assert (event["body"], event["isBase64Encoded"], event["headers"]["x-own"]) == ("hi", False, "me")
    context = event["requestContext"]
    assert (context["http"]["method"], context["accountId"], context["domainPrefix"]) == ("PUT", "anonymous", url_id)
    by_host = json.loads(ask(server, "GET", "/b", Host=f"{url_id}.lambda-url.us-east-1.localhost")[2])
    assert by_host["rawPath"] == "/b"
    binary = json.loads(ask(server, "POST", f"/lambda-url/{url_id}/", b"\xff", Content_Type="image/png")[2])
    assert (binary["body"], binary["isBase64Encoded"]) == ("/w==", True)


def test_what_a_function_gives_is_the_answer_of_its_url(server: ServerProcess) -> None:
    """An object with a statusCode is status, headers, cookies and body; text is the body; an error is 502 and hidden."""
    url_id = url_of(server)
    status, headers, body = ask(server, "GET", f"/lambda-url/{url_id}/made")
    assert (status, headers["X-Own"], headers["Content-Type"], body) == (201, "yes", "text/plain", b"hello")
    assert headers.get_all("Set-Cookie") == ["a=1", "b=2"]
    assert ask(server, "GET", f"/lambda-url/{url_id}/plain")[2] == b"just text"
    status, _, body = ask(server, "GET", f"/lambda-url/{url_id}/fail")
    assert (status, json.loads(body)) == (502, {"Message": "Internal Server Error"})


def test_a_url_that_streams_gives_the_buffered_answer_as_it_is(server: ServerProcess) -> None:
    """With RESPONSE_STREAM a function that doesn't stream is one chunk, not read as a statusCode."""
    url_id = url_of(server, InvokeMode="RESPONSE_STREAM")
    status, headers, body = ask(server, "GET", f"/lambda-url/{url_id}/made")
    assert (status, headers["Transfer-Encoding"]) == (200, "chunked")
    assert json.loads(body)["statusCode"] == 201


def test_who_may_use_a_url(server: ServerProcess) -> None:
    """AWS_IAM wants a signed request; an id that nobody has is Forbidden, and so is one that was deleted."""
    url_id = url_of(server, AuthType="AWS_IAM")
    assert ask(server, "GET", f"/lambda-url/{url_id}/")[0] == 403
    signature = (
        "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0"
    )
    status, _, body = ask(server, "GET", f"/lambda-url/{url_id}/", Authorization=signature)
    assert (status, json.loads(body)["requestContext"]["authorizer"]["iam"]["accessKey"]) == (200, "testing")
    assert ask(server, "GET", f"/lambda-url/{'0' * 32}/")[0] == 403
    server.client("lambda").delete_function_url_config(FunctionName="echo")
    assert ask(server, "GET", f"/lambda-url/{url_id}/", Authorization=signature)[0] == 403


def test_urls_of_a_function_and_of_its_aliases(world: World) -> None:
    """One for each, found by qualifier, listed together, changed alone; a second one is a conflict."""
    world.function("plain")
    lambda_ = world.lambda_
    lambda_.publish_version(FunctionName="plain")
    lambda_.create_alias(FunctionName="plain", Name="live", FunctionVersion="1")
    own = lambda_.create_function_url_config(FunctionName="plain", AuthType="NONE")
    live = lambda_.create_function_url_config(FunctionName="plain", Qualifier="live", AuthType="AWS_IAM")
    assert own["FunctionUrl"] != live["FunctionUrl"]
    assert live["FunctionArn"].endswith(":plain:live")
    with pytest.raises(lambda_.exceptions.ResourceConflictException):
        lambda_.create_function_url_config(FunctionName="plain", AuthType="NONE")
    lambda_.update_function_url_config(FunctionName="plain", Qualifier="live", InvokeMode="RESPONSE_STREAM")
    listed = lambda_.list_function_url_configs(FunctionName="plain")["FunctionUrlConfigs"]
    assert [(item["AuthType"], item["InvokeMode"]) for item in listed] == [
        ("NONE", "BUFFERED"),
        ("AWS_IAM", "RESPONSE_STREAM"),
    ]
    lambda_.delete_function_url_config(FunctionName="plain")
    with pytest.raises(lambda_.exceptions.ResourceNotFoundException):
        lambda_.get_function_url_config(FunctionName="plain")
    assert lambda_.get_function_url_config(FunctionName="plain", Qualifier="live")["AuthType"] == "AWS_IAM"
