"""Functions in container images that are on this machine."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from moto_lmi.runtime import DataPlane, UnpackError, unpack_image
from moto_lmi.runtime.images import IMAGES_VARIABLE

from .helpers import Function

URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/team/app:v1"
APP = b"import os\ndef handler(event, context):\n    return [event, os.environ.get('STAGE'), os.path.exists('/opt/tool')]\n"
Entries = list[tuple[tarfile.TarInfo, bytes]]


def file(name: str, content: bytes = b"", mode: int = 0o644) -> tuple[tarfile.TarInfo, bytes]:
    """An ordinary file for a layer."""
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    return member, content


def link(name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> tuple[tarfile.TarInfo, bytes]:
    """A link, or with another kind something else that has no content."""
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


class Layout:
    """Writes an OCI image layout."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "blobs/sha256").mkdir(parents=True)
        (place / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')

    def blob(self, content: bytes, kind: str = "") -> dict[str, Any]:
        """Write a blob; its descriptor."""
        digest = sha256(content).hexdigest()
        (self.place / "blobs/sha256" / digest).write_bytes(content)
        return {"mediaType": kind, "digest": f"sha256:{digest}", "size": len(content)}

    def image(
        self, layers: list[Entries], config: Mapping[str, Any], tag: str = "v1", architecture: str = "amd64"
    ) -> str:
        """Write an image and an index that names it alone; its digest."""
        blobs = []
        for entries in layers:
            out = io.BytesIO()
            with tarfile.open(fileobj=out, mode="w:gz") as archive:
                for member, content in entries:
                    archive.addfile(member, io.BytesIO(content))
            blobs.append(self.blob(out.getvalue(), "application/vnd.oci.image.layer.v1.tar+gzip"))
        configuration = self.blob(json.dumps({"architecture": architecture, "config": config}).encode())
        document = {"schemaVersion": 2, "config": configuration, "layers": blobs}
        entry = self.blob(json.dumps(document).encode(), "application/vnd.oci.image.manifest.v1+json")
        entry["annotations"] = {"org.opencontainers.image.ref.name": tag}
        entry["platform"] = {"architecture": architecture, "os": "linux"}
        (self.place / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
        return str(entry["digest"])


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """The layout of the repository team/app in the folder of images."""
    monkeypatch.setenv(IMAGES_VARIABLE, str(tmp_path / "images"))
    return Layout(tmp_path / "images/team/app")


BASE = [file("var/lang/bin/python3.13"), file("etc/passwd", b"root"), file("var/task/app.py", b"old"), file("opt/tool")]
CONFIG = {"Entrypoint": ["/lambda-entrypoint.sh"], "Cmd": ["app.handler"], "Env": ["STAGE=image", "PATH=/var/lang/bin"]}


def take(tmp_path: Path, uri: str = URI, **overrides: Any) -> Any:
    """What is taken out of the image."""
    return unpack_image(uri, "x86_64", overrides, tmp_path / "out" / "image")


def refusal(tmp_path: Path, uri: str = URI, **overrides: Any) -> str:
    """The sentence with which it is refused; nothing of it stays."""
    with pytest.raises(UnpackError) as caught:
        take(tmp_path, uri, **overrides)
    assert not (tmp_path / "out/image").exists()
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True
    return str(caught.value)


def test_a_function_in_an_image_runs(plane: DataPlane, layout: Layout, tmp_path: Path) -> None:
    """Its files, variables and command, on this machine's Python; a later layer covers an earlier one."""
    layout.image([BASE, [file("var/task/app.py", APP)]], CONFIG)
    image = take(tmp_path)
    assert (image.handler, image.variables) == ("app.handler", {"STAGE": "image"})
    for folder in (tmp_path, *image.task.parents):
        if folder.is_relative_to(tmp_path.parent):
            folder.chmod(0o755)
    function = Function(
        plane, tmp_path / "unused", "", handler=image.handler, runtime=image.runtime, variables=image.variables,
        code=image.task, layers=(image.opt,), timeout_s=20,
    )  # fmt: skip
    answer = function.value({"a": 1})
    assert answer[:2] == [{"a": 1}, "image"]
    function.end()


def test_layers_take_things_away(layout: Layout, tmp_path: Path) -> None:
    """A whiteout removes one name, an opaque one what was in a directory before; links within the function stay."""
    first = [*BASE, file("var/task/a/one"), file("var/task/b/two"), file("var/task/run", b"x", 0o755)]
    second = [link("var/task/current", "b/three"), file("var/task/a/.wh..wh..opq"), file("var/task/a/new"),
              file("var/task/b/.wh.two"), file("var/task/b/three", b"3"), link("var/task/hard", "var/task/b/three", tarfile.LNKTYPE)]  # fmt: skip
    layout.image([first, second], CONFIG)
    task = take(tmp_path).task
    found = sorted(str(path.relative_to(task)) for path in task.rglob("*") if not path.is_dir())
    assert found == ["a/new", "app.py", "b/three", "current", "hard", "run"]
    assert (task / "current").read_bytes() == (task / "hard").read_bytes() == b"3"
    assert (task / "run").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (file("var/task/../../etc/evil"), "leads outside"),
        (file("/var/task/x/../../../../evil"), "leads outside"),
        (link("var/task/shadow", "/etc/shadow"), "is a symbolic link that leads outside"),
        (link("var/task/up", "../../etc"), "is a symbolic link that leads outside"),
        (link("var/task/hard", "etc/passwd", tarfile.LNKTYPE), "is not in the subpath|hard link|subpath"),
        (link("var/task/pipe", "", tarfile.FIFOTYPE), "is a special file"),
        (link("var/task/disk", "", tarfile.BLKTYPE), "is a special file"),
    ],
)
def test_entries_that_lead_outside(
    layout: Layout, tmp_path: Path, entry: tuple[tarfile.TarInfo, bytes], words: str
) -> None:
    """Refused with the entry's name, and nothing is written anywhere."""
    layout.image([[*BASE, entry]], CONFIG)
    sentence = refusal(tmp_path)
    assert any(word in sentence for word in words.split("|")), sentence
    assert not list(tmp_path.rglob("evil"))


def test_nothing_is_written_through_a_link(layout: Layout, tmp_path: Path) -> None:
    """A directory that a later layer fills takes the place of a link with its name."""
    layout.image([[*BASE, file("var/task/a/x"), link("var/task/b", "a")], [file("var/task/b/y", b"y")]], CONFIG)
    task = take(tmp_path).task
    assert sorted(path.name for path in (task / "a").iterdir()) == ["x"]
    assert (task / "b/y").read_bytes() == b"y"


@pytest.mark.parametrize(
    ("config", "overrides", "words"),
    [
        ({**CONFIG, "Entrypoint": ["/app/server"]}, {}, "is started by '/app/server'"),
        (CONFIG, {"EntryPoint": ["sh", "-c"]}, "is started by 'sh -c'"),
        ({**CONFIG, "Cmd": []}, {}, "no command that names the handler"),
    ],
)
def test_what_can_not_be_run_here(
    layout: Layout, tmp_path: Path, config: dict[str, Any], overrides: dict[str, Any], words: str
) -> None:
    """Another entry point, and a command that is missing, are told in one sentence."""
    layout.image([BASE], config)
    assert words in refusal(tmp_path, **overrides)


def test_an_image_of_another_language(layout: Layout, tmp_path: Path) -> None:
    """Without Python or Node.js in it there is nothing to run it on."""
    layout.image([[file("var/task/App.class")]], {**CONFIG, "Cmd": ["example.App::handle"]})
    assert "not recognizable as one for Python or Node.js" in refusal(tmp_path)


def test_overrides_win(layout: Layout, tmp_path: Path) -> None:
    """ImageConfig's command and entry point take the place of the image's."""
    layout.image([BASE], {**CONFIG, "Entrypoint": ["/app/server"]})
    image = take(tmp_path, EntryPoint=["/usr/bin/node", "aws-lambda-ric"], Command=["index.other"])
    assert (image.handler, image.runtime) == ("index.other", "nodejs22.x")


@pytest.mark.parametrize(
    "uri",
    [
        "elsewhere:v1",
        "r.amazonaws.com/team/app:v2",
        "r.amazonaws.com/team/../team/app:v1",
        "../app",
        "",
        "r/a@sha256:12",
    ],
)
def test_images_that_are_not_here(layout: Layout, tmp_path: Path, uri: str) -> None:
    """The URI and the variable that names the folder; dots lead nowhere."""
    layout.image([BASE], CONFIG)
    sentence = refusal(tmp_path, uri)
    assert IMAGES_VARIABLE in sentence
    assert uri in sentence


def test_a_digest_names_one(layout: Layout, tmp_path: Path) -> None:
    """By digest it is found, and another digest is not."""
    digest = layout.image([BASE], CONFIG)
    assert take(tmp_path, f"r.example/team/app@{digest}").handler == "app.handler"
    assert IMAGES_VARIABLE in refusal(tmp_path / "2", f"r.example/team/app@sha256:{'0' * 64}")


@pytest.mark.parametrize("damage", ["content", "missing", "index", "layer"])
def test_damage_is_told(layout: Layout, tmp_path: Path, damage: str) -> None:
    """A blob that is not what its digest says, is missing or unreadable: one sentence, nothing half unpacked."""
    layout.image([BASE], CONFIG)
    blobs = sorted((layout.place / "blobs/sha256").iterdir(), key=lambda path: path.read_bytes()[:2] != b"\x1f\x8b")
    if damage == "content":
        blobs[0].write_bytes(blobs[0].read_bytes()[:-1] + b"!")
    elif damage == "missing":
        blobs[0].unlink()
    elif damage == "index":
        (layout.place / "index.json").write_text("{")
    else:
        layout.image([], CONFIG)
        document = {"config": layout.blob(b"{}"), "layers": [layout.blob(b"no archive")]}
        entry = layout.blob(json.dumps(document).encode())
        (layout.place / "index.json").write_text(json.dumps({"manifests": [entry]}))
    assert "can't be read" in refusal(tmp_path)


def test_a_root_file_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A directory without a layout: /var/task and /opt of it, with the command of ImageConfig."""
    monkeypatch.setenv(IMAGES_VARIABLE, str(tmp_path / "images"))
    task = tmp_path / "images/plain/var/task"
    task.mkdir(parents=True)
    (task / "app.py").write_bytes(APP)
    image = take(tmp_path, "plain:latest", Command=["app.handler"])
    assert (image.task / "app.py").read_bytes() == APP
    assert image.runtime.startswith("python")
    (task / "up").symlink_to("../../..")
    assert "leads outside" in refusal(tmp_path / "2", "plain", Command=["app.handler"])


def test_a_function_has_a_size(layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken out is counted while it is written, whatever the archive says."""
    from moto_lmi.runtime import knowledge

    layout.image([[*BASE, file("var/task/big", b"\0" * 100_000)]], CONFIG)
    value = knowledge.value
    monkeypatch.setattr(knowledge, "value", lambda key: 50_000 if key == "limits.image_bytes" else value(key))
    assert "larger than 50000 bytes" in refusal(tmp_path)
