# %% [not-tried] misconception="mismatch-not-tried"
# Why do it wrong on purpose.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = None
lab.advance(10)

# %% [access-denied] misconception="mismatch-access-denied"
# A refusal is a missing permission.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "AccessDeniedException"
lab.advance(10)

# %% [conflict] misconception="mismatch-other-code"
# Two things that do not fit are in conflict.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "ResourceConflictException"
lab.advance(10)

# %% [message] misconception="mismatch-message"
# The sentence says it all.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = None
try:
    lambda_client.create_function(
        FunctionName=f"{NAME}-x86",
        Runtime="python3.13",
        Handler="app.handler",
        Role=execution_role_arn,
        Code={"ZipFile": package},
        MemorySize=2048,
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
    )
except ClientError as error:
    mismatch_code = error.response["Error"]["Message"]
lab.advance(10)

# %% [exception] misconception="mismatch-exception"
# The exception is kept as it is.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = None
try:
    lambda_client.create_function(
        FunctionName=f"{NAME}-x86",
        Runtime="python3.13",
        Handler="app.handler",
        Role=execution_role_arn,
        Code={"ZipFile": package},
        MemorySize=2048,
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
    )
except ClientError as error:
    mismatch_code = error
lab.advance(10)

# %% [error-dict] misconception="mismatch-error-dict"
# The code is in there somewhere.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = None
try:
    lambda_client.create_function(
        FunctionName=f"{NAME}-x86",
        Runtime="python3.13",
        Handler="app.handler",
        Role=execution_role_arn,
        Code={"ZipFile": package},
        MemorySize=2048,
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
    )
except ClientError as error:
    mismatch_code = error.response["Error"]
lab.advance(10)

# %% [status] misconception="mismatch-http-status"
# 400 is the code that HTTP knows.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = None
try:
    lambda_client.create_function(
        FunctionName=f"{NAME}-x86",
        Runtime="python3.13",
        Handler="app.handler",
        Role=execution_role_arn,
        Code={"ZipFile": package},
        MemorySize=2048,
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
    )
except ClientError as error:
    mismatch_code = error.response["ResponseMetadata"]["HTTPStatusCode"]
lab.advance(10)

# %% [class-name] misconception="mismatch-class-name"
# ClientError is what was caught.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "ClientError"
lab.advance(10)

# %% [no-provider] misconception="function-without-provider"
# The provider can be added later, one thinks.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
)
mismatch_code = "InvalidParameterValueException"
lab.advance(10)

# %% [x86-provider] misconception="function-moved-to-x86"
# The function is x86_64, so it gets a provider for x86_64.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_capacity_provider(
    CapacityProviderName="day-52-second",
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
)
lab.advance(60)
provider_arn = provider_arn.replace(capacity_provider_name, "day-52-second")
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "InvalidParameterValueException"
lab.advance(10)

# %% [second-provider] misconception="function-other-provider"
# A provider for each function keeps things apart.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_capacity_provider(
    CapacityProviderName="day-52-second",
    VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": [security_group_id]},
    PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role_arn},
    InstanceRequirements=instance_requirements,
)
lab.advance(60)
provider_arn = provider_arn.replace(capacity_provider_name, "day-52-second")
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "InvalidParameterValueException"
lab.advance(10)

# %% [big] misconception="function-memory"
# Managed instances allow 32 GB, so why not.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=32768,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "InvalidParameterValueException"
lab.advance(10)

# %% [ratio] misconception="function-ratio"
# More memory for each vCPU sounds good.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=8192,
    Architectures=["arm64"],
    CapacityProviderConfig={
        "LambdaManagedInstancesCapacityProviderConfig": {
            "CapacityProviderArn": provider_arn,
            "ExecutionEnvironmentMemoryGiBPerVCpu": 8.0,
        }
    },
)
mismatch_code = "InvalidParameterValueException"
lab.advance(10)

# %% [arn] misconception="function-name-form"
# The ARN names the function in every Region.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "InvalidParameterValueException"
function_name = lambda_client.get_function_configuration(FunctionName=NAME)["FunctionArn"]
lab.advance(10)

# %% [other-name] misconception="function-unknown"
# The name is typed again, with a slip.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "InvalidParameterValueException"
function_name = "lmi-lab-25"
lab.advance(10)

# %% [response] misconception="function-name-is-response"
# The response is kept whole.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
lambda_client.create_function(
    FunctionName=function_name,
    Runtime="python3.13",
    Handler="app.handler",
    Role=execution_role_arn,
    Code={"ZipFile": package},
    MemorySize=2048,
    Architectures=["arm64"],
    CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
)
mismatch_code = "InvalidParameterValueException"
function_name = lambda_client.get_function_configuration(FunctionName=NAME)
lab.advance(10)

# %% [only-x86] misconception="function-unknown"
# The refused attempt was all that was made.
provider_arn = lambda_client.get_capacity_provider(CapacityProviderName=capacity_provider_name)["CapacityProvider"][
    "CapacityProviderArn"
]
function_name = NAME
try:
    lambda_client.create_function(
        FunctionName=f"{NAME}-x86",
        Runtime="python3.13",
        Handler="app.handler",
        Role=execution_role_arn,
        Code={"ZipFile": package},
        MemorySize=2048,
        CapacityProviderConfig={"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider_arn}},
    )
except ClientError as error:
    mismatch_code = error.response["Error"]["Code"]
