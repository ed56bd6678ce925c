# %% [own-patching] misconception="duties-patching"
# The instances are in my account.
# - "patch the operating system of the instances": "aws",
# + "patch the operating system of the instances": "you",

# %% [own-runtime] misconception="duties-runtime"
# The runtime is part of the function.
# - "update the language runtime of a ZIP function": "aws",
# + "update the language runtime of a ZIP function": "you",

# %% [image-by-aws] misconception="duties-image"
# AWS updates runtimes.
# - "update the base image of an image function": "you",
# + "update the base image of an image function": "aws",

# %% [own-ami] misconception="duties-ami"
# An instance needs an AMI.
# - "choose the machine image of the instances": "aws",
# + "choose the machine image of the instances": "you",

# %% [own-repair] misconception="duties-replacing"
# Who owns it repairs it.
# - "replace an instance that fails": "aws",
# + "replace an instance that fails": "you",

# %% [own-scaling] misconception="duties-scaling"
# There is an Auto Scaling group somewhere.
# - "add instances when load rises": "aws",
# + "add instances when load rises": "you",

# %% [own-router] misconception="duties-routing"
# A load balancer has to be made.
# - "route a request to an environment with a free slot": "aws",
# + "route a request to an environment with a free slot": "you",

# %% [types-by-aws] misconception="duties-types"
# AWS picks the type.
# - "say which instance types may be used": "you",
# + "say which instance types may be used": "aws",

# %% [cap-by-aws] misconception="duties-cap"
# AWS scales, so AWS stops.
# - "cap the vCPUs that may be running": "you",
# + "cap the vCPUs that may be running": "aws",

# %% [network-by-aws] misconception="duties-network"
# Lambda has internet access.
# - "give the functions a way out of the VPC": "you",
# + "give the functions a way out of the VPC": "aws",

# %% [safe-by-aws] misconception="duties-code"
# Lambda isolates requests.
# - "make code safe for several requests at a time": "you",
# + "make code safe for several requests at a time": "aws",

# %% [bought-by-aws] misconception="duties-buying"
# AWS commits what it manages.
# - "buy a Savings Plan": "you",
# + "buy a Savings Plan": "aws",

# %% [watched-by-aws] misconception="duties-alarms"
# Managed means watched.
# - "watch throttles and alarm somebody": "you",
# + "watch throttles and alarm somebody": "aws",

# %% [all-aws] misconception="duties-all-aws"
# Managed means managed.
duties = dict.fromkeys(DUTIES, "aws")

# %% [all-you] misconception="duties-all-you"
# It's in my account.
duties = dict.fromkeys(DUTIES, "you")

# %% [turned-round] misconception="duties-turned-round"
# Who pays does it.
# and then
duties = {duty: "you" if who == "aws" else "aws" for duty, who in duties.items()}

# %% [both] misconception="duties-words"
# Both have a part.
# - "add instances when load rises": "aws",
# + "add instances when load rises": "both",

# %% [mine] misconception="duties-form"
# Only what is mine.
# and then
duties = {duty: who for duty, who in duties.items() if who == "you"}
