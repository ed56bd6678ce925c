"""The Extensions API of one environment: who is registered, and the one event that managed instances deliver, SHUTDOWN.

An external extension is an executable in /opt/extensions and is known by its file's name before it registers; every
other name is an internal extension, inside the runtime's processes, which may register no events. INVOKE is refused.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto_lmi.runtime import knowledge
from moto_lmi.runtime.http import Body, Collect, Connection, Request, refusal
from moto_lmi.runtime.model import EnvironmentSpec

SHUTDOWN = "SHUTDOWN"
_ERROR_TYPE = re.compile(r"Extension\.[A-Z][a-zA-Z]+")


@dataclass(eq=False)
class Extension:
    """One extension and how far it has come; the states are AWS's."""

    name: str
    external: bool
    identifier: str = field(default_factory=lambda: str(uuid.uuid4()))
    state: str = "Started"
    events: list[str] = field(default_factory=list)
    error_type: str = ""
    waiting: Connection | None = None

    def record(self) -> dict[str, Any]:
        """What platform.extension says of it."""
        error = {"errorType": self.error_type} if self.error_type else {}
        return {"name": self.name, "state": self.state, "events": self.events, **error}


class Extensions:
    """The extensions of one environment."""

    def __init__(self, spec: EnvironmentSpec, failed: Callable[[str], None]) -> None:
        """`failed` is called with the error type when an extension reports that it failed."""
        self._spec, self._failed = spec, failed
        self._known: dict[str, Extension] = {}
        self._closed = False
        self._most: int = knowledge.value("limits.extensions")
        self.changed = asyncio.Event()

    def expect(self, name: str) -> None:
        """An external extension is about to be started."""
        self._known[name] = Extension(name, external=True)

    def all(self) -> list[Extension]:
        """Every extension, the external ones first."""
        return list(self._known.values())

    @property
    def are_registered(self) -> bool:
        """Whether every external extension has registered."""
        return all(extension.state != "Started" for extension in self.all() if extension.external)

    @property
    def are_ready(self) -> bool:
        """Whether every registered extension waits for events."""
        return all(extension.state in ("Ready", "Running") for extension in self.all())

    def close_registration(self) -> None:
        """Initialization is over: nobody can register any more."""
        self._closed = True

    def by_identifier(self, identifier: str) -> Extension | None:
        """The extension that was given the identifier."""
        return next((item for item in self.all() if item.identifier == identifier and item.state != "Started"), None)

    def identify(self, request: Request) -> Extension | Collect:
        """The extension that sends the request, or the refusal of it."""
        identifier = request.headers.get("lambda-extension-identifier", "")
        if not identifier:
            missing = "Missing Lambda-Extension-Identifier header"
            return refusal(request, 403, "Extension.MissingExtensionIdentifier", missing)
        try:
            identifier = str(uuid.UUID(identifier))
        except ValueError:
            invalid = "Invalid Lambda-Extension-Identifier"
            return refusal(request, 403, "Extension.InvalidExtensionIdentifier", invalid)
        extension = self.by_identifier(identifier)
        if extension is None:
            unknown = f"Unknown extension {identifier}"
            return refusal(request, 403, "Extension.UnknownExtensionIdentifier", unknown)
        return extension

    # --- the API -------------------------------------------------------------------------------------------------------

    def register(self, request: Request) -> Body:
        """POST /extension/register."""
        name = request.headers.get("lambda-extension-name", "")
        if not name:
            return refusal(request, 403, "Extension.InvalidExtensionName", "Empty extension name")

        def complete(body: bytes | None, _trailers: Mapping[str, str]) -> None:
            events = _events(body)
            if isinstance(events, str):
                request.connection.refuse(403, "InvalidRequestFormat", events)
                return
            refused = self._register(name, events)
            if refused is not None:
                request.connection.refuse(403, *refused)
                return
            extension = self._known[name]
            answer = {
                "functionName": self._spec.function_name,
                "functionVersion": self._spec.function_version,
                "handler": self._spec.handler,
            }
            features = request.headers.get("lambda-extension-accept-feature", "").split(",")
            if "accountId" in (feature.strip() for feature in features):
                answer = {"accountId": self._spec.account_id, **answer}
            request.connection.respond_json(200, answer, {"Lambda-Extension-Identifier": extension.identifier})
            self.changed.set()

        return Collect(knowledge.value("limits.api_body_bytes"), complete)

    def _register(self, name: str, events: list[str]) -> tuple[str, str] | None:
        """Register the extension, or say why not: an error type and a sentence."""
        extension = self._known.get(name)
        if extension is None or not extension.external:
            if events:
                return "Extension.InvalidEventType", "No events allowed for internal extensions"
            if self._closed:
                return "Extension.RegistrationClosed", "Extension registration closed already"
            if extension is not None:
                return "Extension.InvalidExtensionState", "Extension with this name already registered"
            if len(self._known) >= self._most:
                return "Extension.TooManyExtensions", f"Extension limit ({self._most}) reached"
            extension = self._known[name] = Extension(name, external=False)
        else:
            for event in events:
                if event != SHUTDOWN:
                    return "Extension.InvalidEventType", f"{event}: invalid event type; only SHUTDOWN can be registered"
            if extension.state != "Started":
                return "Extension.InvalidExtensionState", _transition(extension.state, "Registered", name)
        extension.state, extension.events = "Registered", sorted(set(events))
        return None

    def next(self, request: Request) -> Body:
        """GET /extension/event/next."""
        extension = self.identify(request)
        if not isinstance(extension, Extension):
            return extension

        def wait(_body: bytes | None, _trailers: Mapping[str, str]) -> None:
            if extension.state not in ("Registered", "Running") or extension.waiting is not None:
                message = _transition(extension.state, "Ready", extension.identifier)
                request.connection.refuse(403, "Extension.InvalidExtensionState", message)
                return
            extension.state, extension.waiting = "Ready", request.connection
            self.changed.set()

        return Collect(0, wait)

    def init_error(self, request: Request) -> Body:
        """POST /extension/init/error."""
        return self._fail(request, "InitError", "Extension.InitError", ("Registered", "InitError"))

    def exit_error(self, request: Request) -> Body:
        """POST /extension/exit/error."""
        return self._fail(request, "ExitError", "Extension.ExitError", ("Registered", "Ready", "Running", "ExitError"))

    def _fail(self, request: Request, state: str, default: str, from_states: tuple[str, ...]) -> Body:
        extension = self.identify(request)
        if not isinstance(extension, Extension):
            return extension
        header = request.headers.get("lambda-extension-function-error-type", "")
        if not header:
            missing = "Lambda-Extension-Function-Error-Type not found"
            return refusal(request, 403, "Extension.MissingHeader", missing)

        def complete(_body: bytes | None, _trailers: Mapping[str, str]) -> None:
            if extension.state not in from_states:
                message = _transition(extension.state, state, extension.identifier)
                request.connection.refuse(403, "Extension.InvalidExtensionState", message)
                return
            extension.state = state
            extension.error_type = header if _ERROR_TYPE.fullmatch(header) else default
            request.connection.accept()
            self._failed(extension.error_type)

        return Collect(knowledge.value("limits.api_body_bytes"), complete)

    def closed(self, connection: Connection) -> None:
        """A client went away: it waits no longer."""
        for extension in self.all():
            if extension.waiting is connection:
                extension.waiting = None

    # --- shutdown ------------------------------------------------------------------------------------------------------

    def shut_down(self, reason: str, deadline_ms: int) -> list[str]:
        """Send SHUTDOWN to whoever asked for it and waits; the names of those are returned."""
        told = []
        for extension in self.all():
            connection, extension.waiting = extension.waiting, None
            if connection is None or SHUTDOWN not in extension.events:
                continue
            extension.state = "Running"
            event = {"eventType": SHUTDOWN, "deadlineMs": deadline_ms, "shutdownReason": reason}
            connection.respond_json(200, event, {"Lambda-Extension-Event-Identifier": str(uuid.uuid4())})
            told.append(extension.name)
        return told


def _events(body: bytes | None) -> list[str] | str:
    """The events in a registration, or what is wrong with it."""
    try:
        request = json.loads(body or b"")
    except (ValueError, RecursionError):
        return "The body is not JSON."
    events = request.get("events") or [] if isinstance(request, dict) else None
    if not isinstance(events, list) or not all(isinstance(event, str) for event in events):
        return 'The body must be a JSON object such as {"events": ["SHUTDOWN"]}.'
    if request.get("configurationKeys"):
        return "configurationKeys are deprecated; use environment variables instead"
    return events


def _transition(before: str, after: str, name: str) -> str:
    return (
        f"State transition from {before} to {after} failed for extension {name}. Error: state transition is not allowed"
    )
