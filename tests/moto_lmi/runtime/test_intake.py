"""ZIP archives: what a function's archive may hold, and what is refused without a trace on disk."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moto_lmi.runtime import UnpackError, unpack

NOT_A_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."
TOO_LARGE = "Unzipped size must be smaller than 262144000 bytes"


def archive(*entries: tuple[str, bytes, int]) -> bytes:
    """A ZIP archive of (name, content, mode); a mode with a file type is kept."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content, mode in entries:
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, content)
    return file.getvalue()


def link(name: str, target: str) -> tuple[str, bytes, int]:
    """An entry that is a symbolic link."""
    return name, target.encode(), stat.S_IFLNK | 0o777


def test_an_archive_is_unpacked(tmp_path: Path) -> None:
    """Files with their directories, executable if the archive says so, readable by everyone; the size is returned."""
    data = archive(("app.py", b"x = 1", 0o600), ("bin/run", b"#!/bin/sh", 0o755), ("empty/", b"", 0o755))
    assert unpack(data, tmp_path / "fn") == 14
    assert (tmp_path / "fn" / "app.py").read_bytes() == b"x = 1"
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "fn").rglob("*") if path.is_file()}
    assert modes == {"app.py": 0o644, "run": 0o755}
    assert (tmp_path / "fn" / "empty").is_dir()
    assert [path.name for path in tmp_path.iterdir()] == ["fn"]


def test_links_inside_of_the_archive_stay_links(tmp_path: Path) -> None:
    """As node_modules/.bin has them."""
    unpack(archive(("a/b.txt", b"hello", 0o644), link("c", "a/b.txt"), link("a/up", "../c")), tmp_path / "fn")
    assert (tmp_path / "fn" / "a" / "up").read_text() == "hello"


@pytest.mark.parametrize(
    ("entries", "needle"),
    [
        ([("/etc/passwd", b"", 0o644)], "has an absolute path"),
        ([("C:/windows", b"", 0o644)], "has an absolute path"),
        ([("../evil", b"", 0o644)], "leads outside"),
        ([("a/../../evil", b"", 0o644)], "leads outside"),
        ([("a\\..\\evil", b"", 0o644)], "leads outside"),
        ([link("l", "/etc/passwd")], "is a symbolic link that leads outside"),
        ([link("l", "../x")], "is a symbolic link that leads outside"),
        ([link("a", "."), link("b", "a/../../x")], "is a symbolic link that leads outside"),
        ([link("l", "x" * 5000)], "is a symbolic link of too many characters"),
        ([("fifo", b"", stat.S_IFIFO | 0o644)], "is a special file"),
        ([("device", b"", stat.S_IFBLK | 0o644)], "is a special file"),
    ],
    ids=["absolute", "drive", "parent", "deep", "backslash", "link", "up-link", "chain", "long-link", "fifo", "device"],
)
def test_entries_that_lead_outside_are_refused(
    tmp_path: Path, entries: list[tuple[str, bytes, int]], needle: str
) -> None:
    """The entry and what is wrong with it are named; nothing is left."""
    with pytest.raises(UnpackError, match=needle) as caught:
        unpack(archive(("good.py", b"", 0o644), *entries), tmp_path / "fn")
    assert caught.value.code == "InvalidParameterValueException"
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    """A link and a file below its name can't both be: the archive is refused, and the link's target is untouched."""
    outside = tmp_path / "outside"
    outside.mkdir()
    data = archive(link("d", str(outside)), ("d/evil", b"x", 0o644))
    with pytest.raises(UnpackError):
        unpack(data, tmp_path / "fn")
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"PK\x05\x06" + b"\0" * 10, archive(("a", b"b" * 1000, 0o644))[:-30]],
    ids=["empty", "text", "short", "cut"],
)
def test_what_is_not_a_zip(tmp_path: Path, data: bytes) -> None:
    """AWS's sentence."""
    with pytest.raises(UnpackError, match=NOT_A_ZIP.replace(".", r"\.")):
        unpack(data, tmp_path / "fn")


def test_a_broken_entry(tmp_path: Path) -> None:
    """A checksum that is wrong is found while unpacking, and nothing is left."""
    data = bytearray(archive(("a.py", b"content" * 100, 0o644)))
    data[40] ^= 0xFF
    with pytest.raises(UnpackError):
        unpack(bytes(data), tmp_path / "fn")
    assert list(tmp_path.iterdir()) == []


def test_a_file_where_a_directory_should_be(tmp_path: Path) -> None:
    """An archive that contradicts itself is refused."""
    with pytest.raises(UnpackError):
        unpack(archive(("a", b"file", 0o644), ("a/b", b"below", 0o644)), tmp_path / "fn")


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    """AWS's sentence with its limit, after no more was written than the limit."""
    data = archive(*((f"f{number}", b"\0" * 50_000_000, 0o644) for number in range(6)))
    assert len(data) < 500_000
    with pytest.raises(UnpackError, match=TOO_LARGE):
        unpack(data, tmp_path / "fn")
    assert list(tmp_path.iterdir()) == []


def test_layers_and_function_share_the_limit(tmp_path: Path) -> None:
    """What is left of the 250 MB can be given; the sentence names AWS's limit all the same."""
    data = archive(("a", b"x" * 1001, 0o644))
    with pytest.raises(UnpackError, match=TOO_LARGE):
        unpack(data, tmp_path / "fn", limit_bytes=1000)
    assert unpack(data, tmp_path / "fn", limit_bytes=1001) == 1001


def test_an_archive_that_lies_about_sizes(tmp_path: Path) -> None:
    """The limit counts what comes out, not what the archive says."""
    data = bytearray(archive(("a", b"\0" * 3_000_000, 0o644)))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    with pytest.raises(UnpackError):
        unpack(bytes(data), tmp_path / "fn", limit_bytes=1_000_000)
    assert list(tmp_path.iterdir()) == []


def test_too_many_entries(tmp_path: Path) -> None:
    """A hundred thousand are accepted here, not one more."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for number in range(100_001):
            made.writestr(f"{number}", b"")
    with pytest.raises(UnpackError, match="has 100001 entries; 100000 are accepted here"):
        unpack(file.getvalue(), tmp_path / "fn")


@given(st.binary(max_size=400))
def test_any_bytes_are_unpacked_or_refused(data: bytes) -> None:
    """Nothing but UnpackError comes out of a damaged archive."""
    import tempfile

    good = bytearray(archive(("a/b.py", b"hello" * 20, 0o644), link("l", "a/b.py")))
    for offset, byte in enumerate(data[: len(good)]):
        if byte % 5 == 0:
            good[-1 - offset] ^= byte
    with tempfile.TemporaryDirectory() as place:
        try:
            unpack(bytes(good), Path(place) / "fn")
        except UnpackError:
            assert list(Path(place).iterdir()) == []
