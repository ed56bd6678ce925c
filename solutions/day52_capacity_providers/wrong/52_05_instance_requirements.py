# %% [no-architecture] misconception="architecture-implied"
# Graviton types are named, so the architecture seems clear.
instance_requirements = {"AllowedInstanceTypes": ["c8g.*", "m8g.*", "r8g.*"]}

# %% [x86] misconception="architecture-x86"
# The architecture is copied from an example.
instance_requirements = {"Architectures": ["x86_64"], "AllowedInstanceTypes": ["c8g.*", "m8g.*", "r8g.*"]}

# %% [both] misconception="architecture-two"
# Both are supported, so both are listed.
instance_requirements = {
    "Architectures": ["arm64", "x86_64"],
    "AllowedInstanceTypes": ["c8g.*", "m8g.*", "r8g.*"],
}

# %% [text] misconception="architecture-text"
# There is only one, so why a list.
instance_requirements = {"Architectures": "arm64", "AllowedInstanceTypes": ["c8g.*", "m8g.*", "r8g.*"]}

# %% [graviton] misconception="architecture-misspelt"
# Graviton is what AWS calls it.
instance_requirements = {"Architectures": ["graviton"], "AllowedInstanceTypes": ["c8g.*", "m8g.*", "r8g.*"]}

# %% [allowed-and-excluded] misconception="allowed-and-excluded"
# Allow the families, exclude the big sizes.
instance_requirements = {
    "Architectures": ["arm64"],
    "AllowedInstanceTypes": ["c8g.*", "m8g.*", "r8g.*"],
    "ExcludedInstanceTypes": ["*.48xlarge"],
}

# %% [excluded] misconception="types-excluded-only"
# Rule out what is not wanted.
instance_requirements = {"Architectures": ["arm64"], "ExcludedInstanceTypes": ["t4g.*", "c7g.*"]}

# %% [no-types] misconception="types-missing"
# Lambda chooses well by itself.
instance_requirements = {"Architectures": ["arm64"]}

# %% [burstable] misconception="types-burstable"
# t4g is the cheap Graviton family.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["t4g.*", "c8g.*"]}

# %% [intel] misconception="types-x86"
# These are the families that one knows.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8i.*", "m8i.*", "r8a.*"]}

# %% [mixed] misconception="types-not-all-graviton"
# Families with and without g look alike.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.*", "m8i.*"]}

# %% [gpu] misconception="types-gpu"
# The g in front is read as Graviton.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["g5g.*", "c8g.*"]}

# %% [single-sizes] misconception="types-too-narrow"
# The right size was worked out, so only that is allowed.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.xlarge", "m8g.xlarge"]}

# %% [medium] misconception="types-below-large"
# Small instances are cheap.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.medium", "m8g.medium"]}

# %% [family-alone] misconception="types-family-alone"
# The family is what is meant.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g", "m8g", "r8g"]}

# %% [regular-expression] misconception="types-regular-expression"
# Patterns are regular expressions.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": [r"^c8g\..+", r"^m8g\..+"]}

# %% [star] misconception="types-everything"
# A star is a wildcard.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["*"]}

# %% [one-family] misconception="types-one-family"
# One family is enough when every size is allowed.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.*"]}

# %% [json] misconception="requirements-json-text"
# The command line wants JSON.
instance_requirements = '{"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.*", "m8g.*", "r8g.*"]}'

# %% [comma-text] misconception="types-form"
# The types are written as on the command line.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": "c8g.*,m8g.*"}

# %% [empty-list] misconception="types-empty"
# The list is left for later.
instance_requirements = {"Architectures": ["arm64"], "AllowedInstanceTypes": []}
