"""The properties of Lambda's resource types against AWS's schemas."""

from __future__ import annotations

from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from moto_lmi.cloudformation.properties import BY_TYPE


@pytest.mark.parametrize("name", sorted(BY_TYPE))
def test_they_are_those_of_the_schema(name: str) -> None:
    """Which properties there are, which are required and which are create-only is what AWS's schema says."""
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", name).schema
    read_only = {path.split("/")[2] for path in schema.get("readOnlyProperties", [])}
    known = BY_TYPE[name]
    assert set(known.shapes()) == set(schema["properties"]) - read_only
    assert set(known.required) == set(schema["required"])
    assert set(known.create_only) == {path.split("/")[2] for path in schema["createOnlyProperties"]}
