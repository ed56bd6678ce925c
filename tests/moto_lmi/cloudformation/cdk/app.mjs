// Synthesises a stack with a VPC, a capacity provider and a function on it into the directory that is the first argument.
import { App, Stack, Duration, aws_ec2 as ec2, aws_lambda as lambda } from "aws-cdk-lib";

const app = new App({
  outdir: process.argv[2],
  analyticsReporting: false,
  context: { "@aws-cdk/aws-ec2:restrictDefaultSecurityGroup": false },
});
const stack = new Stack(app, "Managed");
const vpc = new ec2.Vpc(stack, "Vpc", { maxAzs: 2, natGateways: 0 });
const group = new ec2.SecurityGroup(stack, "Group", { vpc });
const provider = new lambda.CapacityProvider(stack, "Provider", {
  capacityProviderName: "cdk",
  subnets: vpc.isolatedSubnets.length ? vpc.isolatedSubnets : vpc.publicSubnets,
  securityGroups: [group],
  architectures: [lambda.Architecture.ARM_64],
});
const fn = new lambda.Function(stack, "Function", {
  runtime: lambda.Runtime.PYTHON_3_13,
  architecture: lambda.Architecture.ARM_64,
  handler: "index.handler",
  code: lambda.Code.fromInline("def handler(event, context):\n    return event\n"),
  memorySize: 4096,
  timeout: Duration.seconds(30),
});
provider.addFunction(fn, {
  perExecutionEnvironmentMaxConcurrency: 10,
  executionEnvironmentMemoryGiBPerVCpu: 4,
  publishToLatestPublished: true,
  latestPublishedScalingConfig: { minExecutionEnvironments: 3, maxExecutionEnvironments: 20 },
});
app.synth();
