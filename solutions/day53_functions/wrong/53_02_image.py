# %% [json-text] misconception="image-not-a-dict"
# The request as JSON.
image_request = {
    "FunctionName": "lmi-lab-53-image",
    "PackageType": "Image",
    "Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:2026-11"},
    "ImageConfig": {"Command": ["app.handler"]},
    "Architectures": ["arm64"],
    "Role": here.execution_role_arn,
    "CapacityProviderConfig": {
        "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": here.capacity_provider_arn}
    },
}
image_request = json.dumps(image_request)

# %% [no-package-type] misconception="image-package-type"
# An ImageUri says enough.
# -     "PackageType": "Image",

# %% [with-runtime] misconception="image-with-runtime"
# Every function names runtime and handler.
# -     "PackageType": "Image",
# +     "PackageType": "Image",
# +     "Runtime": "python3.13",
# +     "Handler": "app.handler",

# %% [zip-beside] misconception="image-code"
# The code goes along, to be safe.
# -     "Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:2026-11"},
# +     "Code": {"ZipFile": pack({"app.py": "x = 1"})},

# %% [latest-tag] misconception="image-uri"
# The newest image is the right one.
# -     "Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:2026-11"},
# +     "Code": {"ImageUri": "123456789012.dkr.ecr.us-east-1.amazonaws.com/orders:latest"},

# %% [command-text] misconception="image-command-text"
# A command is a string.
# -     "ImageConfig": {"Command": ["app.handler"]},
# +     "ImageConfig": {"Command": "app.handler"},

# %% [entry-point] misconception="image-entry-point"
# The entry point is the handler.
# -     "ImageConfig": {"Command": ["app.handler"]},
# +     "ImageConfig": {"EntryPoint": ["python", "app.py"]},

# %% [split-command] misconception="image-command"
# File and function are two words.
# -     "ImageConfig": {"Command": ["app.handler"]},
# +     "ImageConfig": {"Command": ["app", "handler"]},

# %% [no-image-config] misconception="image-command"
# The image knows its command.
# -     "ImageConfig": {"Command": ["app.handler"]},

# %% [no-provider] misconception="image-provider"
# Images run on Lambda's own fleet.
# -     "CapacityProviderConfig": {
# -         "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": here.capacity_provider_arn}
# -     },

# %% [provider-not-nested] misconception="image-provider"
# The ARN goes straight into CapacityProviderConfig.
# -     "CapacityProviderConfig": {
# -         "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": here.capacity_provider_arn}
# -     },
# +     "CapacityProviderConfig": {"CapacityProviderArn": here.capacity_provider_arn},

# %% [no-architecture] misconception="image-architecture"
# The image has an architecture of its own.
# -     "Architectures": ["arm64"],

# %% [no-role] misconception="image-role"
# An image brings its rights along.
# -     "Role": here.execution_role_arn,

# %% [operator-role] misconception="image-operator-role"
# The operator role runs what is on the provider.
# -     "Role": here.execution_role_arn,
# +     "Role": here.operator_role_arn,

# %% [other-name] misconception="image-name"
# The name is the lab's.
# -     "FunctionName": "lmi-lab-53-image",
# +     "FunctionName": NAME,
