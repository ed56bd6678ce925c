# %% [a-month] misconception="slider-per-month"
# As the planner writes it.
break_even_rps = 70_000_000

# %% [millions] misconception="slider-millions"
# 70 million.
break_even_rps = 70

# %% [an-hour] misconception="slider-per-hour"
# Divided by 730.
break_even_rps = 70_000_000 / 730

# %% [a-day] misconception="slider-per-day"
# Divided by 30.4.
break_even_rps = 70_000_000 / 730 * 24

# %% [a-minute] misconception="slider-per-minute"
# Divided by the minutes.
break_even_rps = 70_000_000 / 730 / 60

# %% [one-instance] misconception="slider-one-instance"
# One instance would do.
break_even_rps = 26.7 / 3

# %% [without-fee] misconception="slider-without-fee"
# EC2's price alone.
break_even_rps = 26.7 / 1.15

# %% [512] misconception="slider-half-memory"
# The memory was moved as well.
break_even_rps = 53.3

# %% [2048] misconception="slider-double-memory"
# The memory was moved as well.
break_even_rps = 13.3

# %% [where-it-began] misconception="slider-too-low"
# The slider as it stood.
break_even_rps = 10

# %% [far-above] misconception="slider-too-high"
# Managed instances are cheaper here.
break_even_rps = 100

# %% [text] misconception="slider-form"
# With its unit.
break_even_rps = "26.7 a second"

# %% [a-range] misconception="slider-form"
# Somewhere in between.
break_even_rps = (25, 28)
