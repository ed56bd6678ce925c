"""Tasks 53.01 and 53.02: a ZIP package that only changes with its files, and the request for a container image."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from graders.calling import called, not_a_function
from graders.day53.anchors import IMAGE, PACKAGE
from graders.reading import is_text, listed, shown
from lmi_labs.account import Account
from lmi_labs.tasks import Verdict, passed, refused, task

FILES = {
    "extensions/watcher": "#!/usr/bin/env python3\nprint('up')\n",
    "app.py": "def handler(event, context):\n    return 'grüße'\n",
    "lib/prices.py": "USD = 1\n",
}
IMAGE_URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:2026-11"
_SIGNATURE = "pack(files)"


@task("53.01", title="Pack the code", points=5, syllabus=("53.1",), answers=("pack",), docs=PACKAGE)
def check_pack(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The learner's function packs three files; the archive is read back."""
    pack: Any = answers["pack"]
    return (
        not_a_function(pack, "pack", _SIGNATURE)
        or judge_archive(pack, FILES)
        or judge_repeatable(pack, FILES)
        or passed("Same files, same bytes, same hash: Lambda will only see a change where there is one.")
    )


def judge_archive(pack: Any, files: Mapping[str, str]) -> Verdict | None:
    """Whether the package of the files holds them as Lambda wants them."""
    outcome = called(pack, dict(files))
    if outcome.error is not None:
        return refused(
            "pack-raises",
            "The function raised an exception on ordinary files.",
            expected="the bytes of a ZIP archive",
            found=outcome.error_text,
            next_step="Call it yourself with {'app.py': 'x = 1', 'lib/y.py': 'y = 2'}.",
        )
    content = outcome.value
    if type(content) is io.BytesIO:
        return refused(
            "pack-returns-buffer",
            "This is the buffer. ZipFile wants its content.",
            expected="bytes",
            found="a BytesIO",
            next_step="Return buffer.getvalue(), after the archive is closed.",
            credit=0.2,
        )
    if type(content) is not bytes:
        return refused(
            "pack-returns-no-bytes",
            "create_function takes the package as bytes: no path, no text, no base64.",
            expected="bytes",
            found=shown(content),
            next_step="Write the archive into io.BytesIO() and return its getvalue().",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        read = {entry.filename: archive.read(entry) for entry in archive.infolist() if not entry.is_dir()}
    except (zipfile.BadZipFile, OSError, ValueError):
        return refused(
            "pack-unfinished",
            "These bytes are no complete ZIP archive. Its directory is written last, when the archive is closed.",
            expected="a ZIP archive",
            found=f"{len(content)} bytes",
            next_step="Take the bytes after the `with zipfile.ZipFile(…)` block has ended.",
            credit=0.2,
        )
    return _judge_names(read, files) or _judge_texts(read, files) or _judge_modes(archive) or _judge_input(outcome)


def _judge_names(read: Mapping[str, bytes], files: Mapping[str, str]) -> Verdict | None:
    if set(read) == set(files):
        return None
    if any(name.endswith("/app.py") for name in read):
        return refused(
            "pack-nested",
            "The files lie in a folder of the archive. Lambda looks for app.py at the root and answers Runtime.ImportModuleError.",
            expected=listed(files),
            found=listed(read),
            next_step="Give each entry exactly the path from the dict.",
            credit=0.3,
        )
    flat = {name.rsplit("/", 1)[-1] for name in files}
    if set(read) == flat:
        return refused(
            "pack-flattened",
            "The folders are gone: lib/prices.py has become prices.py, and its import will fail.",
            expected=listed(files),
            found=listed(read),
            next_step="Keep the whole path as the name of the entry.",
            credit=0.3,
        )
    return refused(
        "pack-names",
        "The archive doesn't hold the files that it was given, and only those.",
        expected=listed(files),
        found=listed(read),
        next_step="Go through files.items() and write one entry for each.",
        credit=0.2,
    )


def _judge_texts(read: Mapping[str, bytes], files: Mapping[str, str]) -> Verdict | None:
    wrong = [name for name in files if read[name] != files[name].encode()]
    if not wrong:
        return None
    return refused(
        "pack-text",
        "A file's content is not what was given, in UTF-8. Python reads source code as UTF-8.",
        expected="every text as it was, in UTF-8",
        found=f"another content in {listed(wrong)}",
        next_step="Pass the text as it is: writestr encodes it.",
        credit=0.3,
    )


def _judge_modes(archive: zipfile.ZipFile) -> Verdict | None:
    modes = {entry.filename: entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    closed = [name for name, mode in modes.items() if mode & 0o044 != 0o044]
    if closed:
        return refused(
            "pack-unreadable",
            "Only the owner may read these files (writestr with a plain name makes them 0o600). Lambda runs your code as another user.",
            expected="0o644, and 0o755 under extensions/",
            found=listed(f"{name}: {modes[name]:#o}" for name in closed),
            next_step="Make a ZipInfo and set external_attr = 0o644 << 16.",
            credit=0.6,
        )
    lame = [name for name, mode in modes.items() if name.startswith("extensions/") and mode & 0o111 != 0o111]
    if lame:
        return refused(
            "pack-extension-not-executable",
            "An extension is a program. Without the right to be run it stops the environment from coming up.",
            expected="0o755 under extensions/",
            found=listed(f"{name}: {modes[name]:#o}" for name in lame),
            next_step='Use 0o755 where path.startswith("extensions/").',
            credit=0.7,
        )
    return None


def _judge_input(outcome: Any) -> Verdict | None:
    if not outcome.changed_input:
        return None
    return refused(
        "pack-changes-input",
        "The function changed the dict that it was given. Who packs it twice gets something else the second time.",
        expected="the caller's dict as it was",
        found="a changed dict",
        next_step="Read from files, and take nothing out of it.",
        credit=0.7,
    )


def judge_repeatable(pack: Any, files: Mapping[str, str]) -> Verdict | None:
    """Whether neither the time nor the order of the files changes the bytes."""
    content = called(pack, dict(files)).value
    now = datetime.now()  # noqa: DTZ005 - a ZIP holds local time without a zone
    dates = [datetime(*entry.date_time) for entry in zipfile.ZipFile(io.BytesIO(content)).infolist()]  # noqa: DTZ001
    if any(abs(date - now) < timedelta(hours=26) for date in dates):
        return refused(
            "pack-carries-time",
            "The package carries the time at which it was made. A second later the same files have another hash, and publish a version.",
            expected="a fixed date, such as (2026, 1, 1, 0, 0, 0)",
            found=str(max(dates)),
            next_step="zipfile.ZipInfo(path, date_time=(2026, 1, 1, 0, 0, 0)).",
            credit=0.7,
        )
    if called(pack, dict(reversed(list(files.items())))).value != content:
        return refused(
            "pack-order",
            "The same files in another order give other bytes.",
            expected="the same bytes whatever the order of the dict",
            found="other bytes",
            next_step="Go through sorted(files).",
            credit=0.7,
        )
    return None


# --- 53.02: the request for an image -------------------------------------------------------------------------------------


@task(
    "53.02",
    title="The other package: a container image",
    points=4,
    syllabus=("53.1",),
    answers=("image_request",),
    docs=IMAGE,
)
def check_image_request(account: Account, answers: Mapping[str, object]) -> Verdict:
    """The arguments of create_function for an image on the lab's provider."""
    request: Any = answers["image_request"]
    if type(request) is not dict:
        return refused(
            "image-not-a-dict",
            "The arguments of create_function are wanted, as a dict from name to value.",
            expected="a dict",
            found=shown(request),
            next_step='image_request = {"FunctionName": …, "PackageType": "Image", …}',
        )
    return _judge_image(request) or _judge_rest(request)


def _wrong(
    misconception: str, message: str, expected: object, found: object, step: str, credit: float = 0.4
) -> Verdict:
    return refused(misconception, message, expected=expected, found=shown(found), next_step=step, credit=credit)


def _judge_image(request: Mapping[str, Any]) -> Verdict | None:
    if request.get("PackageType", "Zip") != "Image":
        return _wrong(
            "image-package-type",
            "Without PackageType it is a ZIP package, and Lambda misses Runtime and Handler.",
            "Image",
            request.get("PackageType", "nothing"),
            'Set "PackageType": "Image".',
        )
    extra = [name for name in ("Runtime", "Handler", "Layers") if name in request]
    if extra:
        return _wrong(
            "image-with-runtime",
            "The image brings runtime, handler and layers along. With PackageType Image these members are refused.",
            "no Runtime, Handler or Layers",
            listed(extra),
            f"Leave {listed(extra)} out; ImageConfig says what to run.",
        )
    code = request.get("Code")
    if type(code) is not dict or set(code) != {"ImageUri"}:
        return _wrong(
            "image-code",
            "For an image, Code has one member, ImageUri. ZipFile and S3 are for ZIP packages.",
            '{"ImageUri": …}',
            code,
            f'Set "Code": {{"ImageUri": "{IMAGE_URI}"}}.',
        )
    if code["ImageUri"] != IMAGE_URI:
        return _wrong("image-uri", "This is another image.", IMAGE_URI, code["ImageUri"], "Copy the URI from the task.")
    command = request.get("ImageConfig", {}).get("Command") if type(request.get("ImageConfig", {})) is dict else None
    if type(command) is str:
        return _wrong(
            "image-command-text",
            "Command is a list of words, as a Dockerfile's CMD is.",
            ["app.handler"],
            command,
            '"Command": ["app.handler"]',
            0.6,
        )
    if "EntryPoint" in request.get("ImageConfig", {}):
        return _wrong(
            "image-entry-point",
            "EntryPoint replaces the program that talks to Lambda. To choose the handler, Command is enough.",
            "Command alone",
            listed(request["ImageConfig"]),
            "Leave EntryPoint out.",
            0.6,
        )
    if command != ["app.handler"]:
        return _wrong(
            "image-command",
            "The command is not the handler.",
            ["app.handler"],
            command,
            'Set "ImageConfig": {"Command": ["app.handler"]}.',
            0.6,
        )
    return None


def _judge_rest(request: Mapping[str, Any]) -> Verdict:
    config = request.get("CapacityProviderConfig")
    inner = config.get("LambdaManagedInstancesCapacityProviderConfig") if type(config) is dict else None
    arn = inner.get("CapacityProviderArn") if type(inner) is dict else None
    if not is_text(arn) or ":capacity-provider:" not in str(arn):
        return _wrong(
            "image-provider",
            "Without its capacity provider this would be an ordinary function, and it can't be moved later.",
            "CapacityProviderConfig with the provider's ARN",
            config,
            'Nest it: {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": …}}.',
            0.6,
        )
    if request.get("Architectures", ["x86_64"]) != ["arm64"]:
        return _wrong(
            "image-architecture",
            "A function is x86_64 unless it says otherwise, and the provider is arm64.",
            ["arm64"],
            request.get("Architectures", "nothing"),
            'Set "Architectures": ["arm64"].',
            0.7,
        )
    if not is_text(request.get("Role")) or ":role/" not in str(request.get("Role")):
        return _wrong(
            "image-role",
            "Every function needs an execution role.",
            "the ARN of your execution role",
            request.get("Role"),
            'Set "Role": here.execution_role_arn.',
            0.7,
        )
    if str(request["Role"]).endswith("-operator"):
        return _wrong(
            "image-operator-role",
            "This is the operator role, with which Lambda launches instances. Your code runs with the execution role.",
            "the execution role",
            request["Role"],
            'Set "Role": here.execution_role_arn.',
            0.7,
        )
    if request.get("FunctionName") != "lmi-lab-53-image":
        return _wrong(
            "image-name",
            "The function has another name.",
            "lmi-lab-53-image",
            request.get("FunctionName"),
            "Take the name from the task.",
            0.7,
        )
    return passed("That is all an image needs: where it is, what to run, and which provider runs it.")
