# %% [the-lines] misconception="story-not-a-function"
# The story itself.
# and then
story = insights(story(declined_ids[0]))

# %% [runs-it] misconception="story-form"
# The rows are wanted.
# -     return f'fields @timestamp, message | filter requestId = "{request_id}" | sort @timestamp asc'
# +     return insights(f'fields @timestamp, message | filter requestId = "{request_id}" | sort @timestamp asc')

# %% [newest-first] misconception="story-newest-first"
# The last line is the interesting one.
# - | sort @timestamp asc'
# + | sort @timestamp desc'

# %% [errors-only] misconception="story-incomplete"
# The error tells the story.
# - | sort @timestamp asc'
# + and level = "ERROR"'

# %% [everything] misconception="story-others-too"
# All lines, in order.
# - | filter requestId = "{request_id}" | sort
# + | filter ispresent(message) | sort

# %% [one-typed-id] misconception="story-hidden"
# Known ids first.
# - filter requestId = "{request_id}"
# + filter requestId = "{request_id if request_id in declined_ids else declined_ids[0]}"

# %% [in-brackets] misconception="story-nothing"
# The id in braces.
# - requestId = "{request_id}"
# + requestId = "request_id"

# %% [case] misconception="story-nothing"
# As in Python.
# - filter requestId =
# + filter request_id =

# %% [sql] misconception="story-refused"
# SQL is known to everybody.
# -     return f'fields @timestamp, message | filter requestId = "{request_id}" | sort @timestamp asc'
# +     return f"SELECT message FROM log WHERE requestId = '{request_id}' ORDER BY timestamp"

# %% [only-times] misconception="story-no-message"
# When it happened.
# - fields @timestamp, message |
# + fields @timestamp, level |

# %% [platform-too] misconception="story-no-message"
# All that has the id in it.
# - filter requestId = "{request_id}"
# + filter @message like "{request_id}"

# %% [needs-two] misconception="story-raises"
# The log group has to be named.
# - def story(request_id):
# + def story(request_id, group):
# - insights(story(declined_ids[0]))
# + insights(story(declined_ids[0], LOG_GROUP))

# %% [the-first] misconception="declined-some"
# One of them.
# and then
declined_ids = declined_ids[:1]

# %% [rows] misconception="declined-form"
# The rows as they come.
# - declined_ids = [row["requestId"] for row in insights('filter level = "ERROR" | fields requestId | limit 1000')]
# + declined_ids = insights('filter level = "ERROR" | fields requestId')
# - insights(story(declined_ids[0]))
# + insights(story(declined_ids[0]["requestId"]))

# %% [failed] misconception="declined-none"
# No invocation has failed.
# and then
declined_ids = []

# %% [all] misconception="declined-too-many"
# All requests of the lot.
# and then
declined_ids = [answer["request"] for answer in answers]

# %% [orders] misconception="declined-strangers"
# The orders' numbers.
# and then
declined_ids = [str(answer["order"]) for answer in answers if answer["status"] == "declined"]

# %% [this-lot-only] misconception="declined-some"
# Those of the last cell.
# and then
declined_ids = [answer["request"] for answer in answers if answer["status"] == "declined"][1:]
