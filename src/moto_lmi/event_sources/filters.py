"""Filter criteria of event source mappings: which records a function is to see at all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto_lmi.api.errors import OwnSentence


def check_filters(criteria: Mapping[str, Any]) -> None:
    """Refuse a pattern that is no event pattern."""
    for entry in criteria.get("Filters", []):
        text = entry.get("Pattern", "{}")
        if _parsed(text) is None:
            raise OwnSentence("bad_filter", pattern=text[:200])


def is_wanted(record: Mapping[str, Any], criteria: Mapping[str, Any] | None) -> bool:
    """Whether a record matches one of the filters; `record` has its data as JSON where it is JSON, else as text."""
    from moto.events.models import EventPattern

    filters = (criteria or {}).get("Filters", [])
    if not filters:
        return True
    patterns = [_parsed(entry.get("Pattern", "{}")) or {} for entry in filters]
    return any(EventPattern(None, pattern).matches_event(dict(record)) for pattern in patterns)  # type: ignore[arg-type]


def _parsed(text: str) -> dict[str, Any] | None:
    from moto.events.exceptions import InvalidEventPatternException
    from moto.events.models import EventPatternParser

    try:
        pattern = EventPatternParser(text).parse()
    except (InvalidEventPatternException, AttributeError):
        return None
    return pattern if isinstance(pattern, dict) else None


def as_data(text: str) -> Any:
    """The text as JSON if it is an object of it, else as it is: so AWS compares it with a pattern."""
    try:
        document = json.loads(text)
    except ValueError:
        return text
    return document if isinstance(document, dict) else text
