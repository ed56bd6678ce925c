# %% [latest] misconception="version-latest"
# $LATEST is the newest version.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
version = "$LATEST"

# %% [latest-published] misconception="version-latest-published"
# It is a published version, after all.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
version = "$LATEST.PUBLISHED"

# %% [number] misconception="version-int"
# A version is a number.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
version = int(version)

# %% [alias] misconception="version-form"
# An alias is the nicer name of a version.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
lambda_client.create_alias(FunctionName=function_name, Name="live", FunctionVersion=version)
version = "live"

# %% [arn] misconception="version-arn"
# The ARN holds the number.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
version = lambda_client.get_function_configuration(FunctionName=function_name, Qualifier=version)["FunctionArn"]

# %% [response] misconception="version-response"
# The response is kept whole.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
version = lambda_client.publish_version(FunctionName=function_name)

# %% [guessed] misconception="version-unknown"
# The second publish must have been number 2.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
version = "2"

# %% [only-a-number] misconception="nothing-at-latest-published"
# Publishing is publishing a number.
answer = lambda_client.publish_version(FunctionName=function_name)
first_state, version = answer["State"], answer["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {"$LATEST": function_state("$LATEST"), "$LATEST.PUBLISHED": "Active", version: "Active"}

# %% [first-active] misconception="first-state-read-late"
# The state is read after waiting.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
first_state = function_state("$LATEST.PUBLISHED")

# %% [first-creating] misconception="first-state-reason-code"
# StateReasonCode stands next to State.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
first_state = "Creating"

# %% [first-in-progress] misconception="first-state-last-update"
# LastUpdateStatus stands next to State.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
first_state = "InProgress"

# %% [first-none] misconception="first-state"
# The state is not in the answer, one thinks.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
first_state = None

# %% [latest-active] misconception="latest-thought-active"
# An ordinary function's $LATEST is Active.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
states["$LATEST"] = "Active"

# %% [latest-inactive] misconception="latest-thought-inactive"
# What cannot be invoked is inactive.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
states["$LATEST"] = "Inactive"

# %% [last-update] misconception="states-last-update-status"
# Successful sounds like the state of something that worked.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
states = {
    qualifier: lambda_client.get_function_configuration(FunctionName=function_name, Qualifier=qualifier)[
        "LastUpdateStatus"
    ]
    for qualifier in states
}

# %% [list] misconception="states-not-by-qualifier"
# Three states make a list.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
states = list(states.values())

# %% [by-arn] misconception="states-by-arn"
# Each version is called by its ARN.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
states = {
    f"arn:aws:lambda:us-east-1:123456789012:function:{function_name}:{qualifier}": state
    for qualifier, state in states.items()
}

# %% [two] misconception="states-incomplete"
# $LATEST is not published, so it is left out.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
del states["$LATEST"]

# %% [too-early] misconception="states-read-early"
# Publishing has answered, so it must be done.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}

# %% [typed] misconception="states-differ"
# The state of $LATEST is written from memory.
first_state = lambda_client.publish_version(FunctionName=function_name, PublishTo="LATEST_PUBLISHED")["State"]
lab.wait_until(lambda: function_state("$LATEST.PUBLISHED") == "Active")
version = lambda_client.publish_version(FunctionName=function_name)["Version"]
lab.wait_until(lambda: function_state(version) == "Active")
states = {qualifier: function_state(qualifier) for qualifier in ("$LATEST", "$LATEST.PUBLISHED", version)}
states["$LATEST"] = "ActiveNoninvocable"
