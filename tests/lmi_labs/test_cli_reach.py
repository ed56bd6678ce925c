"""`lmi-labs reach`: verdicts on the command line."""

from __future__ import annotations

import json

import pytest

from lmi_labs import cli
from tests.moto_lmi.conftest import account, world
from tests.moto_lmi.world import World

__all__ = ["account", "world"]  # fixtures


def test_a_provider_is_explained(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """Blocked: exit 1, the blocking thing with what helps; as JSON for programs; wrong use names the value."""
    world.provider()
    assert cli.main(["reach", "cp", "logs"]) == 1
    shown = capsys.readouterr().out
    assert "has no route to logs" in " ".join(shown.split())
    assert "What helps" in shown
    assert cli.main(["reach", "cp", "logs", "10.0.1.20", "--json"]) == 1
    logs, address = json.loads(capsys.readouterr().out)
    assert (logs["reachable"], logs["verdicts"][0]["blocking"]["cause"]) == ("none", "no_route")
    assert (address["reachable"], address["verdicts"][0]["path"]) == ("all", "local")
    assert cli.main(["reach", "cp", "lgos"]) == 2
    assert "did you mean 'logs'" in capsys.readouterr().err
    assert cli.main(["reach", "nobody", "logs"]) == 1
    assert "nobody" in capsys.readouterr().err
