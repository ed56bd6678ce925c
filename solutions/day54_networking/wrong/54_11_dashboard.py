# %% [the-answer] misconception="dashboard-name-form"
# The answer of the call.
# and then
dashboard_name = cloudwatch.get_dashboard(DashboardName=NAME)

# %% [other-name] misconception="dashboard-other-name"
# A speaking name.
# - dashboard_name = NAME
# + dashboard_name = "orders"

# %% [not-sent] misconception="dashboard-missing"
# The body is there.
# - cloudwatch.put_dashboard(DashboardName=dashboard_name, DashboardBody=json.dumps(body))
# + print(json.dumps(body))

# %% [text-only] misconception="dashboard-empty"
# A heading first.
# and then
body = {"widgets": [{"type": "text", "x": 0, "y": 0, "width": 6, "height": 2, "properties": {"markdown": "# Orders"}}]}
cloudwatch.put_dashboard(DashboardName=dashboard_name, DashboardBody=json.dumps(body))

# %% [a-dict] misconception="dashboard-body"
# Metrics by their names.
# and then
body = {"widgets": [{"type": "metric", "properties": {"metrics": {"AWS/Lambda": "CPUUtilization"}}}]}
cloudwatch.put_dashboard(DashboardName=dashboard_name, DashboardBody=json.dumps(body))

# %% [own-namespace] misconception="dashboard-namespace"
# Managed instances have a namespace of their own.
# - for metric in metrics_of_the_lab()
# -         if (metric["Namespace"], metric["MetricName"]) == (namespace, metric_name)
# +         for metric in [{"Dimensions": [{"Name": "CapacityProviderName", "Value": NAME}]}]
# - [namespace, metric_name, *
# + ["AWS/LambdaManagedInstances", metric_name, *

# %% [provider-only] misconception="dashboard-dimensions"
# The provider's name says which.
# - lines_of("AWS/Lambda", "CPUUtilization")),
# + [["AWS/Lambda", "CPUUtilization", "CapacityProviderName", NAME]]),

# %% [function-only] misconception="dashboard-dimensions"
# Functions are known by their names.
# - filling = lines_of("AWS/Lambda", "ExecutionEnvironmentConcurrency")
# + filling = [["AWS/Lambda", "ExecutionEnvironmentConcurrency", "FunctionName", f"{NAME}-orders"]]

# %% [no-version] misconception="dashboard-resource"
# The function is the resource.
# - filling = lines_of("AWS/Lambda", "ExecutionEnvironmentConcurrency")
# + filling = [[*lines_of("AWS/Lambda", "ExecutionEnvironmentConcurrency")[0][:-1], f"{NAME}-orders"]]

# %% [made-up] misconception="dashboard-unknown-metric"
# The name that it should have.
# and then
made_up = ["AWS/Lambda", "EnvironmentCount", "CapacityProviderName", NAME]
body["widgets"].append(widget(3, "Environments", [made_up]))
cloudwatch.put_dashboard(DashboardName=dashboard_name, DashboardBody=json.dumps(body))

# %% [other-type] misconception="dashboard-no-data"
# The type of last week.
# - lines_of("AWS/Lambda", "CPUUtilization")),
# + [["AWS/Lambda", "CPUUtilization", "CapacityProviderName", NAME, "InstanceType", "m5.large"]]),

# %% [instance-in-lambda] misconception="dashboard-ec2-in-lambda"
# It is Lambda's instance.
# - lines_of("AWS/EC2", "CPUUtilization")[:1]
# + [["AWS/Lambda", "CPUUtilization", "InstanceId", lines_of("AWS/EC2", "CPUUtilization")[0][-1]]]

# %% [summed-up] misconception="dashboard-sum-of-percent"
# All together.
# - lines_of("AWS/Lambda", "CPUUtilization")),
# + lines_of("AWS/Lambda", "CPUUtilization"), stat="Sum"),

# %% [each-minute] misconception="dashboard-period"
# The finer the better.
# - "period": 300
# + "period": 60

# %% [no-limit] misconception="dashboard-no-environment"
# What is used.
# - filling += lines_of("AWS/Lambda", "ExecutionEnvironmentConcurrencyLimit")
# +

# %% [no-instance] misconception="dashboard-no-instance"
# The provider's metrics are enough.
# -         widget(2, "One instance", lines_of("AWS/EC2", "CPUUtilization")[:1]),
# +

# %% [no-provider] misconception="dashboard-no-provider"
# Memory is scarce, not CPU.
# - lines_of("AWS/Lambda", "CPUUtilization")),
# + lines_of("AWS/Lambda", "MemoryUtilization")),
