"""A package of a lab changes only when its files do."""

from __future__ import annotations

import io
import zipfile

from lmi_labs.deploying import pack


def test_the_same_files_are_the_same_bytes() -> None:
    """The order of the dict means nothing, everybody may read, and extensions may be run."""
    files = {"app.py": "x = 1\n", "extensions/watch": "#!/bin/sh\n"}
    packed = pack(files)
    assert packed == pack(dict(reversed(files.items())))
    assert packed != pack({**files, "app.py": "x = 2\n"})
    entries = zipfile.ZipFile(io.BytesIO(packed)).infolist()
    assert {entry.filename: oct(entry.external_attr >> 16) for entry in entries} == {
        "app.py": "0o644",
        "extensions/watch": "0o755",
    }
