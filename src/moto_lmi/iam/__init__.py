"""IAM as far as managed instances need it: an evaluator of policies, and who may do what with Lambda.

policy, conditions, matching   the policy language as values
evaluate                       the decision on one request, with AWS's reason
attached                       what moto's IAM and STS hold: callers and their policies
operator_role                  the role that launches instances, and its use of a KMS key
service_role                   the role with which a service calls, such as EventBridge Scheduler
lambda_needs                   which actions on which resources a Lambda operation takes
enforce                        refuses a Lambda operation that its caller may not do
"""
