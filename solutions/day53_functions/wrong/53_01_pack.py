# %% [bytes-of-one-file] misconception="pack-not-a-function"
# The package of the handler is all that is needed.
pack = (lambda files: b"PK")({"app.py": "def handler(event, context): ..."})

# %% [opens-paths] misconception="pack-raises"
# files are paths on disk.
# -             archive.writestr(entry, files[path])
# +             archive.write(path)

# %% [buffer] misconception="pack-returns-buffer"
# A buffer is as good as bytes.
# - buffer.getvalue()
# + buffer

# %% [base64] misconception="pack-returns-no-bytes"
# The API is JSON, so it wants base64.
# -     return buffer.getvalue()
# +     import base64
# +     return base64.b64encode(buffer.getvalue()).decode()

# %% [too-early] misconception="pack-unfinished"
# The bytes are taken while the archive is open.
# -     return buffer.getvalue()
# +         return buffer.getvalue()

# %% [in-a-folder] misconception="pack-nested"
# The package's folder is packed, as a file manager does it.
# - zipfile.ZipInfo(path,
# + zipfile.ZipInfo(f"function/{path}",

# %% [flat] misconception="pack-flattened"
# Only the names of the files matter.
# - zipfile.ZipInfo(path,
# + zipfile.ZipInfo(path.split("/")[-1],

# %% [python-only] misconception="pack-names"
# Only Python files are code.
# - in sorted(files):
# + in sorted(name for name in files if name.endswith(".py")):

# %% [latin-1] misconception="pack-text"
# Text is one byte a letter.
# - files[path])
# + files[path].encode("latin-1", "replace"))

# %% [plain-writestr] misconception="pack-unreadable"
# writestr with the path, as every example has it.
# - writestr(entry,
# + writestr(path,

# %% [all-644] misconception="pack-extension-not-executable"
# One mode for everything.
# - (0o755 if path.startswith("extensions/") else 0o644)
# + 0o644

# %% [now] misconception="pack-carries-time"
# The date of today belongs to a package.
# - (2026, 1, 1, 0, 0, 0)
# + __import__("time").localtime()[:6]

# %% [as-they-come] misconception="pack-order"
# The dict's order will do.
# - sorted(files)
# + files

# %% [empties-the-dict] misconception="pack-changes-input"
# popping goes through everything.
# - files[path])
# + files.pop(path))
