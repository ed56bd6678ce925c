# %% [nothing-made] misconception="url-no-function"
# The shop's function will do.
web_url, from_url, parts = "https://example.com/", {}, 1

# %% [no-alias] misconception="url-no-alias"
# The URL belongs to the function.
deploy(web_name, {"app.py": web_code}, Layers=[layer_arn])
web_url, from_url, parts = "https://example.com/", {"item": "scone", "price": 2.75}, 1

# %% [alias-of-latest-published] misconception="url-alias-moves"
# live is whatever was published last.
# - create_alias(FunctionName=web_name, Name="live", FunctionVersion=web_version)
# + create_alias(
# +         FunctionName=web_name,
# +         Name="live",
# +         FunctionVersion=lambda_client.publish_version(FunctionName=web_name, PublishTo="LATEST_PUBLISHED")["Version"],
# +     )
# +     lab.wait_until(lambda: _is_active(web_name, "$LATEST.PUBLISHED"))

# %% [on-the-function] misconception="url-on-the-function"
# One URL for the function.
web_version = deploy(web_name, {"app.py": web_code}, Layers=[layer_arn])
lambda_client.create_alias(FunctionName=web_name, Name="live", FunctionVersion=web_version)
lambda_client.create_function_url_config(FunctionName=web_name, AuthType="NONE", InvokeMode="RESPONSE_STREAM")
web_url, from_url, parts = "https://example.com/", {"item": "scone", "price": 2.75}, 1

# %% [no-url] misconception="url-missing"
# An alias has an address by itself.
web_version = deploy(web_name, {"app.py": web_code}, Layers=[layer_arn])
lambda_client.create_alias(FunctionName=web_name, Name="live", FunctionVersion=web_version)
web_url, from_url, parts = "https://example.com/", {"item": "scone", "price": 2.75}, 1

# %% [signed] misconception="url-needs-signature"
# Safer with IAM.
web_version = deploy(web_name, {"app.py": web_code}, Layers=[layer_arn])
lambda_client.create_alias(FunctionName=web_name, Name="live", FunctionVersion=web_version)
lambda_client.create_function_url_config(
    FunctionName=web_name, Qualifier="live", AuthType="AWS_IAM", InvokeMode="RESPONSE_STREAM"
)
web_url, from_url, parts = "https://example.com/", {"item": "scone", "price": 2.75}, 1

# %% [buffered] misconception="url-buffered"
# InvokeMode has a default.
# - , InvokeMode="RESPONSE_STREAM"
# +

# %% [response] misconception="url-response"
# The whole response.
# and then
web_url = lambda_client.get_function_url_config(FunctionName=web_name, Qualifier="live")

# %% [its-place] misconception="url-reachable"
# Where it can be reached here.
# and then
web_url = str(lab.reachable(web_url))

# %% [another] misconception="url-other"
# Without the slash.
# and then
web_url = web_url.rstrip("/")

# %% [no-policy] misconception="url-no-permission"
# NONE means that everybody may.
# -     lambda_client.add_permission(
# -         FunctionName=web_name,
# -         Qualifier="live",
# -         StatementId="everybody",
# -         Principal="*",
# -         Action="lambda:InvokeFunctionUrl",
# -         FunctionUrlAuthType="NONE",
# -     )
# +     pass

# %% [text] misconception="url-answer-text"
# What came back.
# and then
from_url = json.dumps(from_url)

# %% [tea] misconception="url-answer"
# Tea is as good.
# - {"item": "scone"}
# + {"item": "tea"}

# %% [with-the-end] misconception="parts-with-the-end"
# Every event is a part.
# - sum("PayloadChunk" in event for event in stream)
# + sum(1 for event in stream)

# %% [read-twice] misconception="parts-none"
# Read, and then counted.
# - parts = sum
# + list(stream)
# + parts = sum

# %% [bytes] misconception="parts-wrong"
# As many parts as bytes.
# and then
parts = 33
