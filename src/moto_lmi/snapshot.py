"""The emulator's whole state as one pickle: every backend of moto that is in use, the clocks and the switches.

A snapshot belongs to the versions of moto and of this package that wrote it, and is never to be loaded from somebody
who isn't trusted: unpickling runs code.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import pickle
import threading
import weakref
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cloudpickle  # type: ignore[import-untyped]
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from moto.core.base_backend import BackendDict
from moto.moto_api._internal import mock_random

from moto_lmi import behaviour, clock, endings
from moto_lmi.background import BACKGROUND

_FORMAT = "moto_lmi state 1"
_LOCK, _RLOCK = type(threading.Lock()), type(threading.RLock())


class StateError(Exception):
    """A state file can't be used; the message is one sentence with the file, the reason and the fix."""


def save(path: Path, **header: Any) -> None:
    """Write the state to the file, whole or not at all; `header` is stored beside it.

    Raises OSError when the file can't be written.
    """
    content = dump_state()
    line = json.dumps({**versions(), **header, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()})
    write_whole(path, line.encode() + b"\n" + content)


def load(path: Path) -> dict[str, Any]:
    """Replace the emulator's state by that of the file and return the header that was stored with it.

    Raises StateError when the file is not a whole state of these versions, OSError when it can't be read.
    """
    line, _, content = path.read_bytes().partition(b"\n")
    try:
        header = json.loads(line)
        known = header["format"] == _FORMAT
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise StateError(f"{path} is not a state file of the emulator; name another file or move this one away.")
    for name, here in versions().items():
        if header.get(name) != here:
            raise StateError(
                f"{path} was written with {name} {header.get(name)} and this is {here}; "
                "use that version or move the file away."
            )
    if len(content) != header["bytes"] or hashlib.sha256(content).hexdigest() != header["sha256"]:
        raise StateError(f"{path} is damaged (its checksum does not match); restore a copy of it or move it away.")
    load_state(content)
    loaded: dict[str, Any] = header
    return loaded


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that after a crash there is either the old content or the new, never a part."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def used_backends() -> list[Any]:
    """The dictionaries of backends of the services that have been used."""
    return list(BackendDict._instances)  # type: ignore[misc]


def dump_state() -> bytes:
    """The state as bytes."""
    backends = {
        (backend_dict.service_name, backend_dict.backend.__name__, account_id, region): backend
        for backend_dict in used_backends()
        for account_id, regions in list(backend_dict.items())
        for region, backend in list(regions.items())
    }
    buffer = io.BytesIO()
    _Pickler(buffer).dump(
        {
            "backends": backends,
            "clocks": clock.ALL,
            "behaviours": behaviour.ALL,
            "default_speed": clock.default_speed(),
            "random": mock_random.getstate(),
        }
    )
    return buffer.getvalue()


def load_state(content: bytes) -> None:
    """Replace the state by what `dump_state` gave."""
    state = pickle.loads(content)
    BackendDict.reset()
    by_name = {(item.service_name, item.backend.__name__): item for item in _backend_dicts(state["backends"])}
    for (service, kind, account_id, region), backend in state["backends"].items():
        dict.__setitem__(by_name[service, kind][account_id], region, backend)
        if service == "s3":
            _register_buckets(backend)
    clock.ALL.clear()
    clock.ALL.update(state["clocks"])
    clock.set_default_speed(state["default_speed"])
    behaviour.ALL.clear()
    behaviour.ALL.update(state["behaviours"])
    mock_random.setstate(state["random"])
    BACKGROUND.restart()


def dump_account(account_id: str) -> bytes:
    """The state of one account as bytes: its backends, its clock and its switches."""
    backends = {
        (backend_dict.service_name, backend_dict.backend.__name__, region): backend
        for backend_dict in used_backends()
        for region, backend in list(dict.get(backend_dict, account_id, {}).items())
    }
    account_clock = clock.clock_for(account_id)
    buffer = io.BytesIO()
    _Pickler(buffer).dump(
        {
            "backends": backends,
            "clock": account_clock,
            "virtual": account_clock.now(),
            "behaviour": behaviour.behaviour_of(account_id),
        }
    )
    return buffer.getvalue()


def load_account(content: bytes, account_id: str, saved_as: str) -> None:
    """Replace one account's state by what `dump_account` gave for the account `saved_as`; time goes on where it was.

    Under another id, that takes the place of the old one wherever it stands, in ARNs and policies too. Ids are of the
    same length, so the bytes can be exchanged. Raises whatever unpickling raises, before anything has changed.
    """
    if account_id != saved_as:
        content = content.replace(saved_as.encode(), account_id.encode())
    state = pickle.loads(content)
    forget_account(account_id)
    services = {(service, kind, account_id, region): None for service, kind, region in state["backends"]}
    by_name = {(item.service_name, item.backend.__name__): item for item in _backend_dicts(services)}
    for (service, kind, region), backend in state["backends"].items():
        dict.__setitem__(by_name[service, kind][account_id], region, backend)
        if service == "s3":
            _register_buckets(backend)
    state["clock"].resume_at(state["virtual"])
    clock.ALL[account_id] = state["clock"]
    behaviour.ALL[account_id] = state["behaviour"]
    BACKGROUND.restart(account_id)


def forget_account(account_id: str) -> None:
    """Leave nothing of the account, and end what runs for it."""
    for backend_dict in used_backends():
        regions = dict.pop(backend_dict, account_id, None)
        if regions is not None and backend_dict.service_name == "lambda":
            endings.tell([endings.everything_of(account_id, region) for region in regions])
    clock.ALL.pop(account_id, None)
    behaviour.ALL.pop(account_id, None)


def _register_buckets(backend: Any) -> None:
    """Tell S3, which finds buckets by name over all accounts, of an account's; a name that is taken stays taken."""
    from moto.s3.models import s3_backends

    for name in backend.buckets:
        s3_backends.bucket_accounts.setdefault(name, (backend.partition, backend.account_id))


def _backend_dicts(backends: Mapping[tuple[str, str, str, str], Any]) -> list[BackendDict[Any]]:
    from moto.awslambda_simple.models import lambda_simple_backends
    from moto.backends import get_backend

    services = {service for service, _, _, _ in backends}
    found: list[Any] = [get_backend(service) for service in services]  # type: ignore[call-overload]
    return [*found, lambda_simple_backends]


def versions() -> dict[str, str]:
    """The versions to which a state belongs."""
    return {"format": _FORMAT, "moto": version("moto"), "lmi-labs": version("lmi-labs")}


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc]
    """Pickles what moto's backends hold beside data: locks, weak dictionaries, keys, lambdas."""

    def reducer_override(self, obj: Any) -> Any:
        if isinstance(obj, _LOCK):
            return threading.Lock, ()
        if isinstance(obj, _RLOCK):
            return threading.RLock, ()
        if isinstance(obj, threading.Condition):
            return threading.Condition, ()
        if isinstance(obj, threading.Event):
            return threading.Event, ()
        if isinstance(obj, weakref.WeakValueDictionary):
            return weakref.WeakValueDictionary, (dict(obj),)
        if hasattr(obj, "private_bytes") and hasattr(obj, "public_key"):
            return _read_key, (_key_bytes(obj),)
        return super().reducer_override(obj)


def _key_bytes(key: Any) -> bytes:
    content: bytes = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return content


def _read_key(content: bytes) -> PrivateKeyTypes:
    return serialization.load_der_private_key(content, None)
