# %% [hidden] misconception="second-hidden-instances"
# describe_instances shows all instances.
# - IncludeManagedResources=True,
# +

# %% [one-subnet] misconception="second-counts-reservations"
# One subnet stands for all.
# - list(here.subnet_ids)
# + list(here.subnet_ids[:1])

# %% [three-each] misconception="second-counted-late"
# Every function brings three instances.
# and then
instances_after = instances_before + 3

# %% [terminated-too] misconception="second-counts-fewer"
# Instances that are gone count as well.
# and then
instances_before, instances_after = 6, 3

# %% [lists] misconception="second-counts-form"
# The instances themselves.
# and then
instances_before, instances_after = ["i-1"] * 3, ["i-1"] * 3

# %% [version-as-number] misconception="second-version-form"
# A version is a number.
# and then
broken_version = int(broken_version)

# %% [latest-published] misconception="second-version-form"
# What runs is $LATEST.PUBLISHED.
# and then
broken_version = "$LATEST.PUBLISHED"

# %% [guessed-version] misconception="function-unknown"
# It must be the second version by now.
# and then
broken_version = "7"

# %% [names] misconception="second-versions-names"
# The name tells functions apart.
# - item["FunctionArn"]
# + item["FunctionArn"].split(":")[6]

# %% [none] misconception="second-versions-empty"
# Versions belong to functions, not to providers.
# and then
versions_on_provider = []

# %% [one-function] misconception="second-versions-one-function"
# Only the new function is of interest.
# and then
versions_on_provider = [arn for arn in versions_on_provider if "receipts" in arn]

# %% [items] misconception="second-versions-form"
# The items as they come.
# - item["FunctionArn"]
# + item

# %% [with-latest] misconception="second-versions-latest"
# $LATEST is a version of the function as well.
# and then
versions_on_provider.append(versions_on_provider[0].rsplit(":", 1)[0] + ":$LATEST")
