# %% [kb] misconception="memory-in-kb"
# The number that Linux says.
# - median(sizes_kb) / 1024
# + median(sizes_kb)

# %% [gb] misconception="memory-in-gb"
# Memory is counted in GB.
# - median(sizes_kb) / 1024
# + median(sizes_kb) / 1024 / 1024

# %% [model-only] misconception="memory-model-only"
# The model has 40 MB.
# and then
mb_per_process = 40

# %% [all] misconception="memory-of-all"
# What they take together.
# - median(sizes_kb) / 1024
# + sum(sizes_kb) / 1024

# %% [rest] misconception="memory-too-small"
# The model is shared, so that only the rest counts.
# - median(sizes_kb) / 1024
# + median(sizes_kb) / 1024 - 40

# %% [doubled] misconception="memory-too-large"
# Twice, to be on the safe side.
# and then
mb_per_process = 200.0

# %% [text] misconception="memory-form"
# With its unit.
# and then
mb_per_process = "60 MB"

# %% [one-number] misconception="most-not-a-function"
# The number for this function.
# and then
most_processes = 30

# %% [no-reserve] misconception="most-without-reserve"
# All memory is the handler's.
# - (memory_mb - reserved_mb) // mb_per_process
# + memory_mb // mb_per_process

# %% [rounded-up] misconception="most-rounded-up"
# Nearly fits is fits.
# - int((memory_mb - reserved_mb) // mb_per_process)
# + -int(-(memory_mb - reserved_mb) // mb_per_process)

# %% [fraction] misconception="most-part-of-a-process"
# Division gives the number.
# - int((memory_mb - reserved_mb) // mb_per_process)
# + (memory_mb - reserved_mb) / mb_per_process

# %% [negative] misconception="most-hidden"
# Less than nothing is a number too.
# - max(0, int((memory_mb - reserved_mb) // mb_per_process))
# + int((memory_mb - reserved_mb) // mb_per_process)


# %% [default] misconception="most-default"
# Sixteen per vCPU.
# and then
def most_processes(memory_mb, mb_per_process, reserved_mb):
    return 16


# %% [at-least-one] misconception="most-at-least-one"
# One always fits.
# - max(0, int
# + max(1, int


# %% [raises] misconception="most-raises"
# Sizes come as text.
# and then
def most_processes(memory_mb, mb_per_process, reserved_mb):
    return memory_mb.split()[0]
