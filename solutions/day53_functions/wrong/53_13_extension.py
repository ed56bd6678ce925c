# %% [as-it-was] misconception="extension-registers-invoke"
# An extension hears of every invocation.
# and then
mended_watcher = watcher_code

# %% [invoke-first] misconception="extension-registers-invoke"
# INVOKE is needed to hear of requests.
# - ["SHUTDOWN"]'
# + ["INVOKE"]'

# %% [nothing] misconception="extension-hears-no-shutdown"
# It needs no events at all.
# - ["SHUTDOWN"]'
# + []'

# %% [old-schema] misconception="extension-schema"
# The schema is a matter of taste.
# -
# -     .replace("2022-12-13", "2025-01-29")
# +

# %% [function-lines] misconception="extension-types"
# The function's lines tell it all.
# -
# -     .replace('["function"]', '["platform"]')
# +

# %% [both] misconception="extension-more-types"
# The more the better.
# - '["platform"]'
# + '["platform", "function"]'

# %% [no-shebang] misconception="extension-no-shebang"
# Comments are not needed.
# and then
mended_watcher = mended_watcher.split("\n", 1)[1]

# %% [a-patch] misconception="extension-form"
# Only what is new.
# and then
mended_watcher = '{"events": ["SHUTDOWN"]}'

# %% [not-attached] misconception="extension-not-attached"
# A layer is there for all functions.
# - , Layers=[watcher_layer]
# +

# %% [old-layer] misconception="extension-fails"
# The layer that was there.
# - {"extensions/watcher": mended_watcher}
# + {"extensions/watcher": watcher_code}

# %% [other-folder] misconception="extension-deaf"
# An extension is a program.
# - {"extensions/watcher"
# + {"bin/watcher"

# %% [first-answer] misconception="heard-early"
# The first answer will do.
# and then
heard = []

# %% [kinds-as-text] misconception="heard-early"
# In words.
# and then
heard = "platform.start and platform.report"

# %% [version-as-number] misconception="version-form"
# A version is a number.
# and then
watched_version = int(watched_version)
