# %% [at-nine] misconception="schedule-too-late"
# - cron(50 8 * * ? *)
# + cron(0 9 * * ? *)

# %% [at-midnight] misconception="schedule-too-early"
# - cron(50 8 * * ? *)
# + cron(0 0 * * ? *)

# %% [up-only] misconception="schedule-missing"
# - (f"{NAME}-down", "cron(10 10 * * ? *)", 3),
# +

# %% [down-early] misconception="schedule-down-early"
# - cron(10 10 * * ? *)
# + cron(30 9 * * ? *)

# %% [down-at-night] misconception="schedule-down-late"
# - cron(10 10 * * ? *)
# + cron(0 22 * * ? *)

# %% [down-to-zero] misconception="schedule-down-to-zero"
# To save money.
# - "cron(10 10 * * ? *)", 3),
# + "cron(10 10 * * ? *)", 0),

# %% [turned-round] misconception="schedule-turned-round"
# - "cron(50 8 * * ? *)", 5),
# + "cron(50 8 * * ? *)", 3),
# - "cron(10 10 * * ? *)", 3),
# + "cron(10 10 * * ? *)", 5),

# %% [python-text] misconception="schedule-input-form"
# - "Input": json.dumps(request)
# + "Input": str(request)

# %% [no-qualifier] misconception="schedule-other-version"
# - "Qualifier": scheduled_version,
# +

# %% [first-version] misconception="schedule-other-version"
# - "Qualifier": scheduled_version,
# + "Qualifier": first_version,

# %% [small-letters] misconception="schedule-input-members"
# - "FunctionName": shop_name,
# + "functionName": shop_name,

# %% [once] misconception="schedule-once"
# - "cron(50 8 * * ? *)"
# + "at(2030-01-07T08:50:00)"

# %% [weekdays] misconception="schedule-expression"
# - cron(50 8 * * ? *)
# + cron(50 8 ? * MON-FRI *)

# %% [flexible] misconception="schedule-flexible"
# - "FlexibleTimeWindow": {"Mode": "OFF"},
# + "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},

# %% [time-zone] misconception="schedule-time-zone"
# - "FlexibleTimeWindow": {"Mode": "OFF"},
# + "FlexibleTimeWindow": {"Mode": "OFF"},
# +         "ScheduleExpressionTimezone": "America/New_York",

# %% [invoke] misconception="schedule-other-target"
# - "Arn": SCHEDULER_TARGET,
# + "Arn": "arn:aws:scheduler:::aws-sdk:lambda:invoke",

# %% [disabled] misconception="schedule-disabled"
# - "FlexibleTimeWindow": {"Mode": "OFF"},
# + "FlexibleTimeWindow": {"Mode": "OFF"},
# +         "State": "DISABLED",

# %% [fifty] misconception="schedule-wasteful"
# - "cron(50 8 * * ? *)", 5),
# + "cron(50 8 * * ? *)", 20),

# %% [too-few] misconception="schedule-refused"
# - "cron(50 8 * * ? *)", 5),
# + "cron(50 8 * * ? *)", 4),

# %% [other-time] misconception="schedule-other-time"
# - starting="08:00")
# + starting="14:00")

# %% [not-played] misconception="schedule-not-played"
# - with_schedule = experiment.play(lab, f"{shop_name}:{scheduled_version}", BUSY_HOUR, SHOP, starting="08:00")
# + with_schedule = with_floor

# %% [execution-role] misconception="schedule-refused"
# A role that Scheduler can't put on, and that may not scale.
# - "RoleArn": scheduler_role_arn,
# + "RoleArn": here.execution_role_arn,
