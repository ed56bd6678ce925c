"""Infrastructure code: stacks with capacity providers and functions on them, from CloudFormation, SAM and CDK templates.

template      reads a template, translates SAM, orders the resources by their references
properties    the properties of Lambda's resource types: which there are, which are create-only, what they are in the API
providers, functions, invocation   the resource types
mended        what moto leaves out of roles and VPCs
stacks        creates, updates, deletes and rolls back on virtual time
drift         compares what a template says with what is there

It is loaded with moto's CloudFormation, when that is first used (`moto_lmi.api.cloudformation`).
"""
