# %% [same-code] misconception="mended-still-broken"
# Publishing again helps.
# - {"app.py": mended_code}
# + {"app.py": receipts_code}

# %% [old-version] misconception="mended-still-broken"
# It is the version that was deployed.
mended_version = broken_version

# %% [thread-lock] misconception="mended-still-broken"
# A lock keeps requests apart.
# -     with tempfile.TemporaryDirectory(prefix="receipt-") as folder:
# -         receipt = Path(folder) / "receipt.json"
# +     with lock:
# +         receipt = Path("/tmp/receipt.json")
# - import tempfile
# + import threading
# +
# + lock = threading.Lock()

# %% [by-second] misconception="mended-still-broken"
# The time makes names unique.
# -     with tempfile.TemporaryDirectory(prefix="receipt-") as folder:
# -         receipt = Path(folder) / "receipt.json"
# +     if True:
# +         receipt = Path(f"/tmp/receipt-{int(time.time())}.json")

# %% [by-environment] misconception="mended-still-broken"
# Each environment has a file of its own.
# -     with tempfile.TemporaryDirectory(prefix="receipt-") as folder:
# -         receipt = Path(folder) / "receipt.json"
# +     if True:
# +         receipt = Path("/tmp/" + __import__("os").environ["AWS_LAMBDA_LOG_STREAM_NAME"].replace("/", "-").replace("[", "").replace("]", "").replace("$", ""))

# %% [by-digit] misconception="mended-still-broken"
# The last digit of the order spreads them.
# -     with tempfile.TemporaryDirectory(prefix="receipt-") as folder:
# -         receipt = Path(folder) / "receipt.json"
# +     if True:
# +         receipt = Path(f"/tmp/receipt-{event['order'] % 3}.json")

# %% [retries] misconception="mended-still-broken"
# Read again until it can be read.
# -         receipt.write_text(
# +         receipt = Path("/tmp/receipt.json")
# +         receipt.write_text(

# %% [one-at-a-time] misconception="mended-by-concurrency"
# One request at a time can't meet another.
# - {"app.py": mended_code})
# + {"app.py": receipts_code}, concurrency=1)

# %% [file-lock] misconception="mended-by-waiting"
# A lock on the file itself, across processes.
# -     with tempfile.TemporaryDirectory(prefix="receipt-") as folder:
# -         receipt = Path(folder) / "receipt.json"
# +     with open("/tmp/lock", "w") as folder:
# +         fcntl.flock(folder, fcntl.LOCK_EX)
# +         receipt = Path("/tmp/receipt.json")
# - import tempfile
# + import fcntl

# %% [no-file] misconception="mended-without-file"
# Without a file nothing can be mixed up.
# - {**json.loads(receipt.read_text()), "file": str(receipt)}
# + {"order": event["order"], "file": None}

# %% [relative-path] misconception="mended-always-fails"
# A file beside the code.
# -     with tempfile.TemporaryDirectory(prefix="receipt-") as folder:
# -         receipt = Path(folder) / "receipt.json"
# +     if True:
# +         receipt = Path(f"receipt-{event['order']}.json")

# %% [syntax-error] misconception="mended-always-fails"
# A quick edit.
# - import tempfile
# + import tempfile as

# %% [text] misconception="mended-form"
# The answer is JSON text.
# - return {**json.loads(receipt.read_text()), "file": str(receipt)}
# + return receipt.read_text()

# %% [number] misconception="mended-version-form"
# A version is a number.
mended_version = int(broken_version) + 1

# %% [latest] misconception="mended-version-form"
# The newest is the mended one.
mended_version = "$LATEST"

# %% [guessed] misconception="function-unknown"
# It must be number 99.
mended_version = "99"
