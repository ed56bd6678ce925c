"""What has to be done for functions on managed instances, to be sorted: by AWS or by you."""

from __future__ import annotations

__all__ = ["DUTIES"]

DUTIES = (
    "patch the operating system of the instances",
    "update the language runtime of a ZIP function",
    "update the base image of an image function",
    "choose the machine image of the instances",
    "replace an instance that fails",
    "add instances when load rises",
    "route a request to an environment with a free slot",
    "say which instance types may be used",
    "cap the vCPUs that may be running",
    "give the functions a way out of the VPC",
    "make code safe for several requests at a time",
    "buy a Savings Plan",
    "watch throttles and alarm somebody",
)
"""The duties of task 51.12."""
