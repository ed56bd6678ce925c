"""The view of the way to a destination: everything that is drawn is also said."""

from __future__ import annotations

import re

import pytest
from moto import mock_aws

import moto_lmi
from lmi_labs.account import Account
from lmi_labs.widgets.reach_view import draw, look
from moto_lmi.clock import reset_clocks
from moto_lmi.network import Blocking, Hop, Path, ProviderVerdict, Verdict

HOP = Hop("security group", "sg-1", "egress rules allow TCP port 443 to logs")
STOP = Blocking("acl_answer", "acl-1", "rule <100> denies the answers.", "Allow them.", "model")
OPEN = Verdict("subnet-1", "us-east-1a", "logs", True, Path.INTERFACE_ENDPOINT, (HOP,), assumptions=("a & b",))
SHUT = Verdict("subnet-2", "us-east-1b", "logs", False, None, (HOP,), STOP)


def test_what_is_drawn_is_said() -> None:
    """The boxes are hidden from readers; zone, hops, stop, remedy and assumptions stand in lists, and nothing is markup."""
    html = draw(ProviderVerdict("logs", (OPEN, SHUT)))
    pictures = re.findall(r"<div aria-hidden='true'.*?</div></div>", html)
    assert len(pictures) == 2
    said = re.sub(r"<div aria-hidden='true'.*?</div></div>", "", html)
    for text in (
        "subnet-1 (us-east-1a)",
        "subnet-2 (us-east-1b)",
        HOP.says,
        "Blocked (acl_answer) at acl-1",
        "Allow them.",
    ):
        assert text in said
    assert "rule &lt;100&gt;" in said
    assert "Assumed: a &amp; b" in said
    assert "Only some subnets reach logs" in said


def test_what_cannot_be_read_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that is not there, and a destination that is none, are told in words."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    moto_lmi.enable(speed=0)
    with mock_aws():
        assert "The way can't be read" in look(Account("moto"), "nobody", "logs")
    reset_clocks()
