// One walk through the API with the JavaScript SDK: create, publish, wait, list, delete. Prints what it saw as JSON.
import {
  CreateCapacityProviderCommand,
  CreateFunctionCommand,
  DeleteCapacityProviderCommand,
  DeleteFunctionCommand,
  GetCapacityProviderCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionVersionsByCapacityProviderCommand,
  PublishVersionCommand,
  paginateListCapacityProviders,
} from "@aws-sdk/client-lambda";

const [endpoint, account, subnet, role, zip] = process.argv.slice(2);
const credentials = { accessKeyId: account, secretAccessKey: "secret" };
const client = new LambdaClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
const pass = (seconds) =>
  fetch(`${endpoint}/moto-api/lmi/advance?seconds=${seconds}&account=${account}`, { method: "POST" });

const created = await client.send(
  new CreateCapacityProviderCommand({
    CapacityProviderName: "js",
    VpcConfig: { SubnetIds: [subnet], SecurityGroupIds: [] },
    PermissionsConfig: { CapacityProviderOperatorRoleArn: role },
  }),
);
const arn = created.CapacityProvider.CapacityProviderArn;
await pass(5);
const active = await client.send(new GetCapacityProviderCommand({ CapacityProviderName: arn }));
await client.send(
  new CreateFunctionCommand({
    FunctionName: "js",
    Runtime: "nodejs24.x",
    Role: role,
    Handler: "index.handler",
    Code: { ZipFile: Buffer.from(zip, "base64") },
    CapacityProviderConfig: { LambdaManagedInstancesCapacityProviderConfig: { CapacityProviderArn: arn } },
  }),
);
await pass(5);
await client.send(new PublishVersionCommand({ FunctionName: "js", PublishTo: "LATEST_PUBLISHED" }));
await pass(90);
const version = await client.send(
  new GetFunctionConfigurationCommand({ FunctionName: "js", Qualifier: "$LATEST.PUBLISHED" }),
);
const names = [];
for await (const page of paginateListCapacityProviders({ client, pageSize: 1 }, {})) {
  names.push(...page.CapacityProviders.map((provider) => provider.CapacityProviderArn.split(":").at(-1)));
}
const versions = await client.send(
  new ListFunctionVersionsByCapacityProviderCommand({ CapacityProviderName: "js" }),
);
const refusal = await client.send(new DeleteCapacityProviderCommand({ CapacityProviderName: "js" })).catch((e) => e);
const gone = await client.send(new DeleteFunctionCommand({ FunctionName: "js" }));
await pass(400);
const deleting = await client.send(new DeleteCapacityProviderCommand({ CapacityProviderName: "js" }));
await pass(60);
const missing = await client.send(new GetCapacityProviderCommand({ CapacityProviderName: "js" })).catch((e) => e);

console.log(
  JSON.stringify({
    created: created.CapacityProvider.State,
    active: active.CapacityProvider.State,
    version: version.State,
    names,
    listed: versions.FunctionVersions.map((item) => item.State),
    refusal: [refusal.name, refusal.$metadata.httpStatusCode],
    deleted: gone.$metadata.httpStatusCode,
    deleting: deleting.CapacityProvider.State,
    missing: [missing.name, missing.message],
  }),
);
