"""Random requests from botocore's shapes: mostly good, often wrong in one place, sometimes nonsense."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from moto.core.utils import get_service_model

from .world import package

MODEL = get_service_model("lambda")
JUNK: tuple[Any, ...] = (
    None,
    "",
    "x" * 300,
    "sp ace",
    "ünï",
    "\x00",
    -1,
    0,
    10**12,
    1.5,
    True,
    [],
    {},
    ["a"],
    {"a": "b"},
)
OPERATIONS: dict[str, float] = {
    "CreateCapacityProvider": 5,
    "GetCapacityProvider": 3,
    "ListCapacityProviders": 2,
    "UpdateCapacityProvider": 4,
    "DeleteCapacityProvider": 3,
    "ListFunctionVersionsByCapacityProvider": 3,
    "PutFunctionScalingConfig": 7,
    "GetFunctionScalingConfig": 6,
    "CreateFunction": 12,
    "GetFunction": 2,
    "GetFunctionConfiguration": 3,
    "ListFunctions": 1,
    "ListVersionsByFunction": 2,
    "UpdateFunctionConfiguration": 5,
    "UpdateFunctionCode": 4,
    "PublishVersion": 9,
    "DeleteFunction": 2,
    "CreateAlias": 5,
    "UpdateAlias": 3,
    "GetAlias": 3,
    "ListAliases": 1,
    "DeleteAlias": 1,
    "TagResource": 2,
    "UntagResource": 1,
    "ListTags": 1,
    "Invoke": 2,
}
LIKELY = {
    "CapacityProviderConfig": 0.5,
    "FunctionScalingConfig": 0.9,
    "Handler": 1.0,
    "MemorySize": 0.3,
    "PublishTo": 0.4,
    "Qualifier": 0.6,
    "Runtime": 1.0,
    "ZipFile": 0.9,
}


class RequestMaker:
    """Makes requests; `pools` holds good values by the name of the member or of its shape."""

    def __init__(
        self,
        chance: random.Random,
        pools: Mapping[str, Sequence[Any]],
        model: Any = MODEL,
        operations: Mapping[str, float] = OPERATIONS,
    ) -> None:
        self.chance = chance
        self.pools = pools
        self.model = model
        self.operations = operations

    def operation(self) -> str:
        """The name of one of the operations."""
        return self.chance.choices(list(self.operations), list(self.operations.values()))[0]

    def request(self, operation: str) -> dict[str, Any]:
        """The members of a request; one in four has something wrong in it."""
        shape = self.model.operation_model(operation).input_shape
        members = self.structure(shape, operation)
        if self.chance.random() < 0.25:
            self.spoil(members)
        if operation == "Invoke":
            members["InvocationType"] = "DryRun"
        return members

    def structure(self, shape: Any, parent: str) -> dict[str, Any]:
        """A structure with its required members and some of the others."""
        # With many optional members at once hardly any function would be accepted.
        rarely = 0.03 if "Function" in parent else 0.15
        return {
            name: self.value(member, name)
            for name, member in shape.members.items()
            if name in shape.required_members or self.chance.random() < LIKELY.get(name, rarely)
        }

    def value(self, shape: Any, name: str) -> Any:
        """A value for the member that is mostly good."""
        for key in (name, shape.name):
            if self.pools.get(key):
                return self.chance.choice(self.pools[key])
        kind = shape.type_name
        if kind == "structure":
            return self.structure(shape, name)
        if kind == "list":
            lowest = shape.metadata.get("min", 0)
            return [self.value(shape.member, name) for _ in range(self.chance.randint(lowest, lowest + 2))]
        if kind == "map":
            return {self.text(shape.key): self.value(shape.value, name) for _ in range(self.chance.randint(0, 2))}
        if kind in ("integer", "long", "double", "float"):
            return self.number(shape)
        if kind == "boolean":
            return self.chance.random() < 0.5
        if kind == "timestamp":
            return self.chance.choice(self.pools["Timestamp"])
        if kind == "blob":
            return package(str(self.chance.randint(1, 5)))
        return self.chance.choice(shape.enum) if getattr(shape, "enum", None) else self.text(shape)

    def number(self, shape: Any) -> Any:
        """A number within the limits, at them, or just beyond."""
        lowest, highest = shape.metadata.get("min", 0), shape.metadata.get("max", 100)
        choices = [lowest, highest, (lowest + highest) // 2, self.chance.randint(int(lowest), int(highest))]
        if self.chance.random() < 0.1:
            choices = [lowest - 1, highest + 1]
        number = self.chance.choice(choices)
        return float(number) if shape.type_name in ("double", "float") else int(number)

    def text(self, shape: Any) -> str:
        """A short word; good for most patterns, not for all."""
        return self.chance.choice(["a", "key", "live", "blue", "1", "$LATEST", "x" * shape.metadata.get("min", 1)])

    def spoil(self, members: dict[str, Any]) -> None:
        """Put nonsense somewhere in the request, or leave a member out."""
        if not members:
            return
        name = self.chance.choice(sorted(members))
        inner = members[name]
        if isinstance(inner, dict) and inner and self.chance.random() < 0.7:
            self.spoil(inner)
        elif self.chance.random() < 0.2:
            del members[name]
        else:
            members[name] = self.chance.choice(JUNK)
