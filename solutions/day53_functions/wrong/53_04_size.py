# %% [one-size] misconception="size-not-a-function"
# Two vCPUs and 4 GiB are a good size.
choose_size = {"MemorySize": 4096, "ExecutionEnvironmentMemoryGiBPerVCpu": 2, "Family": "c"}

# %% [never-32] misconception="size-raises"
# The limit itself is too much.
# - 2 <= size_gib <= 32
# + 2 <= size_gib < 32

# %% [a-tuple] misconception="size-form"
# Three values, returned together.
# -     return {"MemorySize": size_gib * 1024, "ExecutionEnvironmentMemoryGiBPerVCpu": ratio, "Family": family}
# +     return size_gib * 1024, ratio, family


# %% [exact-ratio] misconception="size-ratio"
# The ratio that the workload has.
def choose_size(vcpus, memory_gib):
    if vcpus > 16 or memory_gib > 32:
        raise ValueError("too large")
    return {
        "MemorySize": max(2, memory_gib) * 1024,
        "ExecutionEnvironmentMemoryGiBPerVCpu": max(2, memory_gib) / vcpus + 0.5,
        "Family": "m",
    }


# %% [in-gib] misconception="size-in-gib"
# Memory is chosen in GiB.
# -     return {"MemorySize": size_gib * 1024, "ExecutionEnvironmentMemoryGiBPerVCpu": ratio, "Family": family}
# +     return {"MemorySize": size_gib, "ExecutionEnvironmentMemoryGiBPerVCpu": ratio, "Family": family}

# %% [thousand] misconception="size-thousand"
# A GB is 1,000 MB.
# -     return {"MemorySize": size_gib * 1024, "ExecutionEnvironmentMemoryGiBPerVCpu": ratio, "Family": family}
# +     return {"MemorySize": size_gib * 1000, "ExecutionEnvironmentMemoryGiBPerVCpu": ratio, "Family": family}

# %% [cpu-only] misconception="size-too-little-memory"
# Memory follows from the vCPUs.
# -             if count >= vcpus and size_gib >= memory_gib and 2 <= size_gib <= 32:
# +             if count >= vcpus and size_gib <= 32:

# %% [memory-only] misconception="size-too-few-vcpus"
# vCPUs follow from the memory.
# -             if count >= vcpus and size_gib >= memory_gib and 2 <= size_gib <= 32:
# +             if size_gib >= memory_gib and size_gib <= 32:


# %% [rounded-memory] misconception="size-part-of-a-vcpu"
# The memory that is needed, and the ratio nearest to it.
def choose_size(vcpus, memory_gib):
    if vcpus > 16 or memory_gib > 32:
        raise ValueError("too large")
    size_gib = max(2 * vcpus, memory_gib)
    for ratio, family in ((8, "r"), (4, "m"), (2, "c")):
        if size_gib / ratio >= vcpus:
            return {"MemorySize": size_gib * 1024, "ExecutionEnvironmentMemoryGiBPerVCpu": ratio, "Family": family}
    raise ValueError("too large")


# %% [always-4] misconception="size-more-memory"
# 4 GiB per vCPU suits everything.
# -     for ratio, family in ((2, "c"), (4, "m"), (8, "r")):
# +     for ratio, family in ((4, "m"),):

# %% [most-vcpus] misconception="size-more-vcpus"
# More vCPUs for the same memory are a gift.
# -         raise ValueError(f"no environment has {vcpus} vCPUs and {memory_gib} GiB")
# -     size_gib, _, ratio, family = min(enough)
# +         raise ValueError("too large")
# +     size_gib, _, ratio, family = min(enough, key=lambda size: (size[0], -size[1]))

# %% [family-by-size] misconception="size-family"
# Large memory means r.
# -     return {"MemorySize": size_gib * 1024, "ExecutionEnvironmentMemoryGiBPerVCpu": ratio, "Family": family}
# +     return {
# +         "MemorySize": size_gib * 1024,
# +         "ExecutionEnvironmentMemoryGiBPerVCpu": ratio,
# +         "Family": "r" if size_gib > 8 else "c",
# +     }

# %% [returns-none] misconception="size-accepts-too-much"
# None says that there is none.
# -         raise ValueError(f"no environment has {vcpus} vCPUs and {memory_gib} GiB")
# +         return None

# %% [index-error] misconception="size-other-exception"
# The first of the sorted sizes.
# -     if not enough:
# -         raise ValueError(f"no environment has {vcpus} vCPUs and {memory_gib} GiB")
# -     size_gib, _, ratio, family = min(enough)
# +     size_gib, _, ratio, family = sorted(enough)[0]

# %% [beyond-the-limit] misconception="size-accepts-too-much"
# Any size can be bought.
# -         for count in range(1, 17):
# +         for count in range(1, 100):
# -             if count >= vcpus and size_gib >= memory_gib and 2 <= size_gib <= 32:
# +             if count >= vcpus and size_gib >= memory_gib:
