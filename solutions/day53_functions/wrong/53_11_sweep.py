# %% [seconds] misconception="sweep-seconds"
# time.perf_counter counts seconds.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 18.0 * concurrency if waits else 48.0, "p99_ms": 0.056 if waits else 0.021 * concurrency}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"


# %% [per-ms] misconception="sweep-per-millisecond"
# Everything in milliseconds.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 0.018 * concurrency if waits else 0.048, "p99_ms": 56.0 if waits else 21.0 * concurrency}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"


# %% [sum-of-cpu] misconception="sweep-no-time"
# Divided by the time that sending took.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 9000.0, "p99_ms": 56.0 if waits else 21.0 * concurrency}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"


# %% [handler-time] misconception="sweep-not-the-callers"
# The time in the handler's own code.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 18.0 * concurrency if waits else 48.0, "p99_ms": 5.0 if waits else 2.0}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"


# %% [one-after-the-other] misconception="sweep-one-at-a-time"
# concurrency is taken, and not passed on.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 18.0 if waits else 48.0, "p99_ms": 56.0 if waits else 21.0}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"


# %% [events-exchanged] misconception="sweep-turned-round"
# Waiting is what a CPU does.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {
        "throughput_rps": 15.0 * min(concurrency, 2) if not waits else 16.0 * concurrency,
        "p99_ms": 60.0 * concurrency,
    }


sweep = sweep_view(measure, {"io": {"cpu_ms": 50}, "cpu": {"io_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"


# %% [no-growth] misconception="sweep-no-growth"
# Published with one request at a time.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 18.0 if waits else 17.0, "p99_ms": 56.0 * concurrency}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"


# %% [two-levels] misconception="sweep-incomplete"
# The ends say it all.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 18.0 * concurrency if waits else 48.0, "p99_ms": 56.0 if waits else 21.0 * concurrency}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 8))
concurrency_pays_for = "io"

# %% [no-p99] misconception="sweep-members"
# Throughput is what counts.
sweep = [{"handler": "io", "concurrency": 1, "throughput_rps": 18.0}]
concurrency_pays_for = "io"

# %% [tuples] misconception="sweep-form"
# Rows without names.
sweep = [("io", 1, 18.0, 56.0)]
concurrency_pays_for = "io"

# %% [zero] misconception="sweep-numbers"
# Nothing was measured yet.
sweep = [{"handler": "io", "concurrency": 1, "throughput_rps": 0, "p99_ms": 0}]
concurrency_pays_for = "io"


# %% [cpu-pays] misconception="pays-for-cpu"
# More requests use the CPU better.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 18.0 * concurrency if waits else 48.0, "p99_ms": 56.0 if waits else 21.0 * concurrency}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"
concurrency_pays_for = "cpu"


# %% [both] misconception="pays-form"
# It pays for both.
def measure(event, concurrency):
    waits = "io_ms" in event
    return {"throughput_rps": 18.0 * concurrency if waits else 48.0, "p99_ms": 56.0 if waits else 21.0 * concurrency}


sweep = sweep_view(measure, {"io": {"io_ms": 50}, "cpu": {"cpu_ms": 20}}, levels=(1, 2, 4, 8))
concurrency_pays_for = "io"
concurrency_pays_for = "both"
