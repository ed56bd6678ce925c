"""The sections of docs/labs/day53.md that the checks of lab 53 point to."""

from __future__ import annotations

_PAGE = "labs/day53.md"

PACKAGE = f"{_PAGE}#package"
IMAGE = f"{_PAGE}#image"
LANGUAGES = f"{_PAGE}#languages"
SIZE = f"{_PAGE}#size"
PUBLISH = f"{_PAGE}#publish"
SHARING = f"{_PAGE}#sharing-a-provider"
ENVIRONMENTS = f"{_PAGE}#environments-and-processes"
SHARED_STATE = f"{_PAGE}#what-requests-share"
MEMORY = f"{_PAGE}#memory-per-process"
SWEEP = f"{_PAGE}#what-concurrency-buys"
LAYERS = f"{_PAGE}#layers"
EXTENSIONS = f"{_PAGE}#extensions"
STREAMING = f"{_PAGE}#urls-and-streaming"
DURABLE = f"{_PAGE}#durable"

ANCHORS = (
    PACKAGE,
    IMAGE,
    LANGUAGES,
    SIZE,
    PUBLISH,
    SHARING,
    ENVIRONMENTS,
    SHARED_STATE,
    MEMORY,
    SWEEP,
    LAYERS,
    EXTENSIONS,
    STREAMING,
    DURABLE,
)
