# %% [the-answer] misconception="alarm-name-form"
# All about it.
# and then
alarm_name = cloudwatch.describe_alarms(AlarmNames=[alarm_name])

# %% [other-name] misconception="alarm-other-name"
# A speaking name.
# - alarm_name = f"{NAME}-throttles"
# + alarm_name = "too many refused"

# %% [not-made] misconception="alarm-missing"
# First the traffic.
alarm_name = f"{NAME}-throttles"
triple_the_traffic()

# %% [errors] misconception="alarm-errors"
# A refused request is an error.
alarm_name = f"{NAME}-throttles"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="AWS/Lambda",
    MetricName="Errors",
    Dimensions=[{"Name": "FunctionName", "Value": f"{NAME}-orders"}],
    Statistic="Sum",
    Period=300,
    EvaluationPeriods=1,
    Threshold=100,
    ComparisonOperator="GreaterThanThreshold",
    TreatMissingData="notBreaching",
)
triple_the_traffic()

# %% [cpu] misconception="alarm-other-metric"
# A busy CPU comes first.
# - summed("refused", "Throttles"), summed("served", "Invocations")
# + summed("refused", "Duration"), summed("served", "Invocations")

# %% [own-namespace] misconception="alarm-namespace"
# The orders' own metrics.
# - "Namespace": "AWS/Lambda"
# + "Namespace": "Orders"

# %% [with-the-provider] misconception="alarm-dimensions"
# As for the environments.
# - of_the_function = [
# + of_the_function = [{"Name": "CapacityProviderName", "Value": NAME},

# %% [whole-account] misconception="alarm-function"
# Whichever function it is.
# - of_the_function = [{"Name": "FunctionName", "Value": f"{NAME}-orders"}]
# + of_the_function = []

# %% [average] misconception="alarm-stat"
# The average is steadier.
# - "Stat": "Sum"
# + "Stat": "Average"

# %% [none-at-all] misconception="alarm-cries-wolf"
# Not one request may be refused.
alarm_name = f"{NAME}-throttles"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="AWS/Lambda",
    MetricName="Throttles",
    Dimensions=[{"Name": "FunctionName", "Value": f"{NAME}-orders"}],
    Statistic="Sum",
    Period=300,
    EvaluationPeriods=1,
    Threshold=0,
    ComparisonOperator="GreaterThanThreshold",
    TreatMissingData="notBreaching",
)
triple_the_traffic()

# %% [turned-round] misconception="alarm-turned-round"
# Below one per cent is the goal.
# - GreaterThanThreshold
# + LessThanThreshold

# %% [missing-breaches] misconception="alarm-missing-breaches"
# No data is a bad sign.
alarm_name = f"{NAME}-throttles"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="AWS/Lambda",
    MetricName="CPUThrottles",
    Dimensions=[{"Name": "FunctionName", "Value": f"{NAME}-orders"}, {"Name": "Resource", "Value": "orders"}],
    Statistic="Sum",
    Period=300,
    EvaluationPeriods=1,
    Threshold=100,
    ComparisonOperator="GreaterThanThreshold",
    TreatMissingData="breaching",
)
triple_the_traffic()

# %% [fifty-per-cent] misconception="alarm-deaf"
# Half of them refused would be bad.
# - Threshold=1,
# + Threshold=50,

# %% [patient] misconception="alarm-patient"
# An hour, to be sure.
# - EvaluationPeriods=1,
# + EvaluationPeriods=12,

# %% [no-trial] misconception="alarm-untested"
# It will do.
# - triple_the_traffic()
# + print("made")

# %% [by-hand] misconception="alarm-by-hand"
# The bell rings.
# - triple_the_traffic()
# + cloudwatch.set_alarm_state(AlarmName=alarm_name, StateValue="ALARM", StateReason="a trial")

# %% [after-the-trouble] misconception="alarm-deaf"
# First the traffic, then the alarm.
# - cloudwatch.put_metric_alarm(
# + triple_the_traffic()
# + lab.advance(3600)
# + cloudwatch.put_metric_alarm(
# - )
# - triple_the_traffic()
# + )
# + lab.advance(1200)
