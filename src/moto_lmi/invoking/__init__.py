"""Functions really run: an invocation goes to one of a version's execution environments, where the fleet placed them.

    from moto_lmi.invoking import run
    from moto_lmi.runtime import Invocation

    outcome = run(version, Invocation(b'{"name": "you"}')).result()

    requests   Invoke as it comes over the API: which version is meant, and what is refused
    answers    what an outcome looks like to the caller
    runner     one data plane for the process, with a pool for each version
    pools      a version's environments: those of managed instances, and those of default Lambda
    places     one environment, from when it is needed until it is over
    packages   the code and the layers of a version on disk
    log_writer what functions log, to CloudWatch Logs; log_lines: how it looks
    outgoing   what functions call: who has no way to a service waits in vain
    counting   how many invocations ended how, for the scaler and the metrics
    specs      what an environment is made from

The processes are real and therefore lazy: the fleet places environments in virtual time, and one of them is started
when the first invocation reaches it. It ends when the fleet takes it down, with its version, and with the account.
Nothing is imported, and no thread, socket or process is there, until something runs.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from moto_lmi.functions import Function
    from moto_lmi.runtime import Invocation
    from moto_lmi.runtime.streams import Outcome

__all__ = ["close", "run", "set_endpoint", "settle_logs"]


def run(version: Function, invocation: Invocation) -> Future[Outcome]:
    """Run the code of a version, of managed instances or `$LATEST` or a number of default Lambda.

    The future has an Answer, Stream (if the invocation asks for one), FunctionError or Lost; Busy when the invocation is
    throttled, with the reason as its error type. Its exception is an UnpackError when the code can't be unpacked, and a
    ValueError when the id of the request is in use. To be called from any thread; it doesn't wait.
    """
    from moto_lmi.invoking.runner import runner
    from moto_lmi.invoking.targets import target_of

    return runner().run(target_of(version), invocation)


def set_endpoint(url: str | None) -> None:
    """Where functions that start from now on find the emulator, as AWS_ENDPOINT_URL; None for nowhere.

    The HTTP endpoint says so itself. In process there is nothing to be reached, unless you serve moto yourself.
    """
    from moto_lmi.invoking import specs

    specs.endpoint_url = url or specs.NOWHERE


def settle_logs() -> None:
    """Wait until what functions have logged so far is in CloudWatch Logs, where it comes by itself in a moment."""
    from moto_lmi.invoking.runner import runner

    runner().logs.settle().result()


def close() -> None:
    """End everything that runs and the data plane; the next invocation starts a new one. Done when nothing is left."""
    from moto_lmi.invoking.runner import close_runner

    close_runner()
