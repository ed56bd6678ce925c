# %% [turned-round] misconception="globals-turned-round"
# Processes share, threads don't.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = {"python": True, "nodejs": False, "java": False, "dotnet": False, "rust": False}

# %% [as-on-default-lambda] misconception="globals-as-default-lambda"
# An environment serves one request at a time.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = {"python": False, "nodejs": False, "java": False, "dotnet": False, "rust": False}

# %% [all-share] misconception="globals-everywhere"
# One environment, one memory.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = {"python": True, "nodejs": True, "java": True, "dotnet": True, "rust": True}

# %% [node-is-single-threaded] misconception="globals-nodejs"
# Node.js has one thread, so nothing happens at the same time.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = {"python": False, "nodejs": False, "java": True, "dotnet": True, "rust": True}

# %% [rust-is-safe] misconception="globals-rust"
# Rust has no data races, so nothing is shared.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": False}

# %% [java-and-dotnet-apart] misconception="globals-wrong"
# A handler object for each request.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = {"python": False, "nodejs": True, "java": False, "dotnet": False, "rust": True}

# %% [a-list] misconception="globals-form"
# The languages that share.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = ["nodejs", "java", "dotnet", "rust"]

# %% [four-languages] misconception="globals-form"
# Rust is not a runtime.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True}

# %% [yes-and-no] misconception="globals-values"
# Words are clearer.
# - meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
# + meets_in_a_global = {"python": "no", "nodejs": "yes", "java": "yes", "dotnet": "yes", "rust": "yes"}

# %% [newest] misconception="runtimes-newest"
# The newest is the best.
# -     "python": "python3.13",
# +     "python": "python3.14",
# -     "java": "java21",
# +     "java": "java25",

# %% [python-312] misconception="runtimes-too-old"
# What Lambda runs runs there too.
# -     "python": "python3.13",
# +     "python": "python3.12",

# %% [rust-al2] misconception="runtimes-rust"
# Rust has a runtime of its own.
# -     "rust": "provided.al2023",
# +     "rust": "rust1.84",

# %% [versions-alone] misconception="runtimes-spelling"
# The version says it all.
# -     "python": "python3.13",
# -     "nodejs": "nodejs22.x",
# +     "python": "3.13",
# +     "nodejs": "22",

# %% [numbers] misconception="runtimes-values"
# Versions are numbers.
# -     "python": "python3.13",
# +     "python": 3.13,
# -     "java": "java21",
# +     "java": 21,

# %% [runtime-list] misconception="runtimes-form"
# A list in the order of the table.
meets_in_a_global = {"python": False, "nodejs": True, "java": True, "dotnet": True, "rust": True}
oldest_runtime = ["python3.13", "nodejs22.x", "java21", "dotnet8", "provided.al2023"]
