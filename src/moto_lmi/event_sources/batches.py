"""What a function says of the records of a batch when it reports failures by item."""

from __future__ import annotations

import json
from collections.abc import Sequence


def failed_items(payload: bytes, known: Sequence[str]) -> set[str]:
    """The identifiers that the function names in `batchItemFailures`; all of them when its answer is not right.

    An empty list, null, or no answer at all is a success; an empty or unknown identifier makes the whole batch fail,
    and so does an answer that can't be read: AWS's rules.
    """
    everything = set(known)
    try:
        answer = json.loads(payload or b"null")
    except ValueError:
        return everything
    if answer is None or answer in ("", {}):
        return set()
    if not isinstance(answer, dict) or "batchItemFailures" not in answer:
        return everything
    failures = answer["batchItemFailures"]
    if failures is None:
        return set()
    if not isinstance(failures, list):
        return everything
    named = {entry.get("itemIdentifier") if isinstance(entry, dict) else None for entry in failures}
    return {str(name) for name in named} if named <= everything else everything
