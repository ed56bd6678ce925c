"""Drift: where a resource is not what the stack's template says. moto has none; Lambda's own resource types have it here."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto_lmi.cloudformation.resources import LambdaResource
from moto_lmi.cloudformation.stacks import LMIStack

_NOT_READ = ("Code", "PublishToLatestPublished", "RecursiveLoop", "RuntimeManagementConfig")
"""Properties that the API does not give back, which AWS does not compare either, or that the emulator does not have."""


def drifts(stack: LMIStack, logical_ids: list[str] | None = None) -> list[dict[str, Any]]:
    """The drift of each resource whose type has it, as DescribeStackResourceDrifts gives it."""
    wanted = [item for item in stack.stack_resources if isinstance(item, LambdaResource)]
    return [
        _drift(stack, item)
        for item in wanted
        if not logical_ids or item.logical_resource_id in logical_ids  # type: ignore[attr-defined]
    ]


def _drift(stack: LMIStack, resource: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "StackId": stack.stack_id,
        "LogicalResourceId": resource.logical_resource_id,
        "PhysicalResourceId": resource.physical_resource_id,
        "ResourceType": resource.cloudformation_type(),
        "ExpectedProperties": json.dumps(_expected(resource)),
    }
    if not resource.exists():
        return {**found, "StackResourceDriftStatus": "DELETED"}
    expected = _expected(resource)
    actual = {name: value for name, value in resource.actual().items() if name in expected}
    differences = list(_differences(expected, actual, ""))
    return {
        **found,
        "ActualProperties": json.dumps(actual, default=str),
        "PropertyDifferences": differences,
        "StackResourceDriftStatus": "MODIFIED" if differences else "IN_SYNC",
    }


def _expected(resource: LambdaResource) -> dict[str, Any]:
    """The properties that the template sets; AWS compares no others."""
    request = resource.properties_of.request(resource.properties)
    to_cfn = {api: cfn for cfn, api in resource.properties_of.renamed.items()}
    expected = {to_cfn.get(name, name): value for name, value in request.items()}
    for name in resource.properties_of.others:
        if resource.properties.get(name) is not None:
            expected[name] = resource.properties_of.other(name, resource.properties)
    for name in resource.properties_of.lists:
        if resource.properties.get(name) is not None:
            expected[name] = sorted(resource.properties[name], key=json.dumps)
    return {name: value for name, value in expected.items() if name not in _NOT_READ}


def _differences(expected: Any, actual: Any, path: str) -> Iterator[dict[str, str]]:
    if isinstance(expected, Mapping) and isinstance(actual, Mapping):
        for name, value in expected.items():
            yield from _differences(value, actual.get(name), f"{path}/{name}")
        return
    if isinstance(expected, list) and isinstance(actual, list):
        if sorted(map(_text, expected)) == sorted(map(_text, actual)):
            return
    elif expected == actual or _text(expected) == _text(actual):
        return
    kind = "REMOVE" if actual in (None, "", [], {}) else "ADD" if expected in (None, "", [], {}) else "NOT_EQUAL"
    yield {
        "PropertyPath": path,
        "ExpectedValue": _text(expected),
        "ActualValue": _text(actual),
        "DifferenceType": kind,
    }


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
