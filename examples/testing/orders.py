"""The code under test: it puts a function on managed instances and prepares it for a rush. Plain boto3, nothing else."""

import io
import time
import zipfile

HANDLER = "def handler(event, context):\n    return {'order': event['id']}\n"
PUBLISHED = "$LATEST.PUBLISHED"


def deploy(lambda_client, *, subnet_ids, group_ids, operator_role, execution_role, max_vcpus=64, sleep=time.sleep):
    """Create the provider and the function, publish it, and wait until it is Active.

    Raises RuntimeError with AWS's reason when the version fails.
    """
    provider = lambda_client.create_capacity_provider(
        CapacityProviderName="orders",
        VpcConfig={"SubnetIds": subnet_ids, "SecurityGroupIds": group_ids},
        PermissionsConfig={"CapacityProviderOperatorRoleArn": operator_role},
        InstanceRequirements={"Architectures": ["arm64"], "AllowedInstanceTypes": ["c8g.xlarge"]},
        CapacityProviderScalingConfig={"MaxVCpuCount": max_vcpus},
    )["CapacityProvider"]
    while provider["State"] == "Pending":
        sleep(1)
        provider = lambda_client.get_capacity_provider(CapacityProviderName="orders")["CapacityProvider"]
    lambda_client.create_function(
        FunctionName="orders",
        Runtime="python3.13",
        Handler="app.handler",
        Architectures=["arm64"],
        Role=execution_role,
        MemorySize=4096,
        Code={"ZipFile": _package()},
        CapacityProviderConfig={
            "LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": provider["CapacityProviderArn"]},
        },
        PublishTo="LATEST_PUBLISHED",
    )
    while (version := lambda_client.get_function_configuration(FunctionName="orders", Qualifier=PUBLISHED))[
        "State"
    ] == "Pending":
        sleep(5)
    if version["State"] != "Active":
        raise RuntimeError(f"orders is {version['State']}: {version['StateReason']}")


def prepare_for_rush(lambda_client, environments):
    """Raise the minimum before the requests come."""
    lambda_client.put_function_scaling_config(
        FunctionName="orders",
        Qualifier=PUBLISHED,
        FunctionScalingConfig={"MinExecutionEnvironments": environments},
    )


def remove(lambda_client, *, sleep=time.sleep):
    """Delete the function and then the provider, which AWS refuses while a version is on it."""
    lambda_client.delete_function(FunctionName="orders")
    while lambda_client.list_function_versions_by_capacity_provider(CapacityProviderName="orders")["FunctionVersions"]:
        sleep(5)
    lambda_client.delete_capacity_provider(CapacityProviderName="orders")


def _package():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("app.py", HANDLER)
    return buffer.getvalue()
