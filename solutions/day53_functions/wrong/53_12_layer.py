# %% [at-the-root] misconception="layer-not-under-python"
# The module is at the root of its ZIP.
# - python/prices.py
# + prices.py

# %% [under-lib] misconception="layer-not-under-python"
# Python code belongs into lib.
# - python/prices.py
# + lib/prices.py

# %% [in-the-package] misconception="layer-not-attached"
# The module goes along with the code.
# - {"app.py": shop_code}, Layers=[layer_arn]
# + {"app.py": shop_code, "prices.py": prices_code}

# %% [layer-arn] misconception="layer-without-version"
# The layer's ARN.
# and then
layer_arn = layer_arn.rsplit(":", 1)[0]

# %% [response] misconception="layer-response"
# The response as it is.
# and then
layer_arn = lambda_client.list_layers()["Layers"][0]

# %% [name] misconception="layer-form"
# The layer is known by its name.
# and then
layer_arn = f"{NAME}-prices"

# %% [other-name] misconception="layer-name"
# A shorter name.
# - LayerName=f"{NAME}-prices"
# + LayerName=f"{NAME}-list"

# %% [guessed] misconception="layer-unknown"
# It must be version 7.
# and then
layer_arn = layer_arn.rsplit(":", 1)[0] + ":7"

# %% [republished] misconception="layer-other-version"
# Published once more, to be sure.
# and then
layer_arn = lambda_client.publish_layer_version(
    LayerName=f"{NAME}-prices", Content={"ZipFile": pack({"python/prices.py": prices_code + "#"})}
)["LayerVersionArn"]

# %% [version-as-number] misconception="version-form"
# A version is a number.
# and then
shop_version = int(shop_version)

# %% [other-prices] misconception="layer-other-answer"
# Prices have gone up.
# - {"python/prices.py": prices_code}
# + {"python/prices.py": prices_code.replace("2.75", "2.95")}

# %% [no-such-item] misconception="layer-function-fails"
# Only what is in stock.
# - {"python/prices.py": prices_code}
# + {"python/prices.py": "PRICES = {'tea': 3.5}"}

# %% [unknown-version] misconception="function-unknown"
# It must be the third.
# and then
shop_version = "3"
