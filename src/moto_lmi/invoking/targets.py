"""What an invocation is to run on: a version and its environments as they are placed at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from moto.awslambda.utils import get_backend

from moto_lmi import endings
from moto_lmi.clock import clock_for
from moto_lmi.functions import Function
from moto_lmi.locking import STATE

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend


@dataclass(frozen=True)
class Target:
    """A version that runs. `places` are the ids of its environments; a function of default Lambda has none."""

    version: Function
    places: tuple[str, ...]

    @property
    def key(self) -> str:
        """Tells what runs from every other version."""
        return self.version.run_key

    @property
    def account(self) -> str:
        """The id that stands for everything of the account in the Region."""
        return endings.everything_of(self.version.account_id, self.version.region)


def target_of(version: Function) -> Target:
    """What an invocation of the version runs on: until a new `$LATEST.PUBLISHED` is up, the one before it."""
    if not version.is_managed:
        return Target(version, ())
    with STATE:
        fleet = cast("LMILambdaBackend", get_backend(version.account_id, version.region)).fleet
        answering = cast(Function, fleet.answering(version))
        now = clock_for(version.account_id).now()
        placed = fleet.environments(answering.uid)
        return Target(answering, tuple(environment.uid for _, environment in placed if environment.ready <= now))
