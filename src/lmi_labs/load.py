"""Many requests to a function, a set number of them at a time, through plain Invoke calls."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

__all__ = ["Sent", "percentile", "send_many"]


@dataclass(frozen=True)
class Sent:
    """One request with what came of it.

    `answer` is the handler's answer as data, or the error's document where `error` names one: the error code of a refused
    call (`TooManyRequestsException`), or the type of the handler's exception. `seconds` is what the caller waited.
    """

    payload: Any
    answer: Any
    seconds: float
    error: str = ""
    version: str = ""


def send_many(
    lambda_client: Any,
    function_name: str,
    payloads: Iterable[Any],
    *,
    concurrency: int = 1,
    qualifier: str | None = None,
) -> list[Sent]:
    """Invoke the function once for each payload, `concurrency` at a time; the answers in the order of the payloads.

    Throttles and handler errors are answers too, and nothing is retried here. Raises ValueError for a concurrency below 1.
    """
    if concurrency < 1:
        raise ValueError(f"concurrency {concurrency} must be at least 1")
    where = {"FunctionName": function_name, **({"Qualifier": qualifier} if qualifier else {})}
    with ThreadPoolExecutor(concurrency, thread_name_prefix="load") as pool:
        return list(pool.map(lambda payload: _send(lambda_client, where, payload), payloads))


def _send(lambda_client: Any, where: dict[str, str], payload: Any) -> Sent:
    began = time.perf_counter()
    try:
        said = lambda_client.invoke(**where, Payload=json.dumps(payload).encode())
    except ClientError as refusal:
        details = refusal.response["Error"]
        return Sent(payload, details, time.perf_counter() - began, details["Code"])
    content = said["Payload"].read()
    seconds = time.perf_counter() - began
    try:
        answer = json.loads(content or b"null")
    except ValueError:
        answer = content.decode(errors="replace")
    failed = said.get("FunctionError", "")
    error = str(answer.get("errorType", failed)) if failed and isinstance(answer, dict) else failed
    return Sent(payload, answer, seconds, error, said.get("ExecutedVersion", ""))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least `share` (0 to 1) of them do not exceed.

    Raises ValueError for no values, or a share outside 0..1.
    """
    if not values or not 0 <= share <= 1:
        raise ValueError(f"a percentile needs values and a share from 0 to 1, not {len(values)} values and {share}")
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
