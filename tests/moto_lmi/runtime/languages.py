"""The same handlers in Python and in JavaScript, for the tests that hold both runtimes against one contract."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from moto_lmi.runtime import DataPlane, Unavailable, available_runtimes

from .helpers import Function

PYTHON = """
import json, logging, os, threading, time

seen = 0

def handler(event, context):
    global seen
    seen += 1
    return globals()["do_" + event["do"]](event, context)

def do_echo(event, context):
    return event.get("value")

def do_throw(event, context):
    raise ValueError("no good")

def do_unserialisable(event, context):
    return {1, 2}

def do_exit(event, context):
    os._exit(3)

def do_context(event, context):
    return {
        "id": context.aws_request_id, "arn": context.invoked_function_arn, "name": context.function_name,
        "version": context.function_version, "memory": int(context.memory_limit_in_mb),
        "group": context.log_group_name, "stream": context.log_stream_name,
        "left": context.get_remaining_time_in_millis(),
        "client": context.client_context and context.client_context.custom,
        "identity": context.identity and context.identity.cognito_identity_id,
    }

def do_log(event, context):
    log = logging.getLogger()
    log.warning("first %s", event["word"])
    time.sleep(event.get("s", 0))
    log.error("second %s", event["word"])
    print("printed", event["word"])

def do_sleep(event, context):
    time.sleep(event["s"])
    return os.getpid()

def do_write(event, context):
    with open(os.environ["TMPDIR"] + "/" + event["name"], "w") as file:
        file.write(event["value"])

def do_read(event, context):
    with open(os.environ["TMPDIR"] + "/" + event["name"]) as file:
        return file.read()

def do_meet(event, context):
    # Leaves a mark and waits for the others': only invocations that run at the same time can meet.
    folder = os.environ["TMPDIR"]
    open(f"{folder}/mark-{event['me']}", "w").close()
    while not all(os.path.exists(f"{folder}/mark-{other}") for other in event["others"]):
        time.sleep(0.005)
    return {"pid": os.getpid(), "id": context.aws_request_id}

def do_seen(event, context):
    time.sleep(0.05)
    return {"seen": seen, "pid": os.getpid()}
"""

NODE = """
import fs from 'node:fs/promises';
import { existsSync, writeFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';

let seen = 0;
const wait = (s) => new Promise((resolve) => setTimeout(resolve, 1000 * s));
const place = (name) => `${process.env.TMPDIR}/${name}`;

const table = {
  echo: async (event) => event.value,
  throw: async () => { throw new RangeError('no good'); },
  synchronous: () => { throw new TypeError('at once'); },
  rejection: () => Promise.reject(new Error('rejected')),
  thrown_text: async () => { throw 'only text'; },
  unserialisable: async () => 10n,
  undefined: async () => undefined,
  exit: async () => { process.exit(3); },
  late_throw: async () => { setTimeout(() => { throw new Error('nobody waits'); }, 1); await wait(60); },
  context: async (event, context) => ({
    id: context.awsRequestId, arn: context.invokedFunctionArn, name: context.functionName,
    version: context.functionVersion, memory: Number(context.memoryLimitInMB), group: context.logGroupName,
    stream: context.logStreamName, left: context.getRemainingTimeInMillis(),
    client: context.clientContext?.custom ?? null, identity: context.identity?.cognitoIdentityId ?? null,
  }),
  log: async (event) => {
    console.warn(`first ${event.word}`);
    await wait(event.s ?? 0);
    console.error(`second ${event.word}`);
    console.log(`printed ${event.word}`);
  },
  sleep: async (event) => { await wait(event.s); return process.pid; },
  write: async (event) => { await fs.writeFile(place(event.name), event.value); },
  read: async (event) => fs.readFile(place(event.name), 'utf8'),
  meet: async (event, context) => {
    writeFileSync(place(`mark-${event.me}`), '');
    while (!event.others.every((other) => existsSync(place(`mark-${other}`)))) await wait(0.005);
    return { pid: process.pid, id: context.awsRequestId };
  },
  seen: async () => { await wait(0.05); return { seen, pid: process.pid, thread: threadId }; },
};

export const handler = async (event, context) => {
  seen += 1;
  return table[event.do](event, context);
};
"""

RUNTIMES = {"python": "python3.13", "nodejs": "nodejs22.x"}
FILES = {"python": "app.py", "nodejs": "app.mjs"}
SOURCES = {"python": PYTHON, "nodejs": NODE}


def need(language: str) -> None:
    """Skip the test where the language can't run; CI must be able to run both."""
    found = available_runtimes()[language]
    if isinstance(found, Unavailable):
        reason = f"{found.reason} (make setup-node-runtime)"
        assert "CI" not in os.environ, reason
        pytest.skip(reason)


def function_in(language: str, plane: DataPlane, place: Path, source: str = "", **settings: Any) -> Function:
    """A started function of the language, with the table or other source."""
    need(language)
    text, name = source or SOURCES[language], FILES[language]
    return Function(plane, place, text, name, runtime=RUNTIMES[language], **settings)
