"""A snapshot holds the whole state and gives it back."""

from __future__ import annotations

from pathlib import Path

import pytest

from moto_lmi import snapshot
from moto_lmi.behaviour import behaviour_of, set_behaviour

from .world import ACCOUNT, World


def test_everything_comes_back(world: World, tmp_path: Path) -> None:
    """Resources, what is still to happen, keys and switches are as they were."""
    key = world.kms.create_key()["KeyMetadata"]["KeyId"]
    signing = world.kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    secret = world.kms.encrypt(KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    order = {"KeyId": signing, "Message": b"m", "SigningAlgorithm": "RSASSA_PKCS1_V1_5_SHA_256"}
    signature = world.kms.sign(**order)["Signature"]
    world.function(provider=world.provider())
    world.publish(wait=10)
    set_behaviour(ACCOUNT, rate_limits=True)
    hosts = world.hosts()
    snapshot.save(tmp_path / "state")
    world.lambda_.delete_function(FunctionName="fn")
    world.pass_time(1000)
    set_behaviour(ACCOUNT, rate_limits=False)
    snapshot.load(tmp_path / "state")
    assert world.hosts() == hosts
    assert behaviour_of(ACCOUNT).rate_limits
    assert world.kms.decrypt(KeyId=key, CiphertextBlob=secret)["Plaintext"] == b"secret"
    assert world.kms.verify(**order, Signature=signature)["SignatureValid"]
    assert world.state() == "Pending"
    world.pass_time(90)
    assert world.state() == "Active"


def test_another_version_is_refused(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state of another version of moto is named as such and not loaded."""
    path = tmp_path / "state"
    snapshot.save(path)
    monkeypatch.setattr(snapshot, "version", lambda name: "9.9.9")
    with pytest.raises(snapshot.StateError, match=r"written with moto .* and this is 9\.9\.9"):
        snapshot.load(path)


def test_damage_is_noticed(world: World, tmp_path: Path) -> None:
    """One changed byte is enough."""
    path = tmp_path / "state"
    snapshot.save(path)
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    with pytest.raises(snapshot.StateError, match="checksum"):
        snapshot.load(path)
