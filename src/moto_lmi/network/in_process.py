"""As much of boto3's EC2 client as describing a network needs, answered by the account's backend in this process.

moto answers such calls by writing XML, which botocore reads again. Here moto's own actions are called with the members of
the request, and what they return is read as moto's serializer would read it, but into the dictionaries that botocore would
make of the XML. A test compares both ways for every network layout. Nobody is authorised, and no time passes.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.utils import parse_timestamp
from moto.core.exceptions import ServiceException
from moto.core.model import ListShape, OperationModel, Shape, StructureShape
from moto.core.responses import ActionResult
from moto.core.serialize import AttributePickerContext, EC2Serializer, XFormedAttributePicker
from moto.core.utils import get_service_model
from moto.ec2.responses import EC2Response
from moto.utilities.utils import get_partition


class Describer:
    """Call it as a boto3 client of EC2: `Describer(account_id, region).describe_subnets(SubnetIds=[…])["Subnets"]`.

    Raises botocore's ClientError with EC2's code and message. Every answer is whole: there are no pages.
    """

    def __init__(self, account_id: str, region: str) -> None:
        self._account_id = account_id
        self.meta = SimpleNamespace(region_name=region)

    def can_paginate(self, operation: str) -> bool:
        """Nothing comes in pages."""
        return False

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]:
        if operation not in _operations():
            raise AttributeError(f"EC2 has no operation {operation!r}")
        return partial(self._ask, operation)

    def _ask(self, operation: str, **members: Any) -> dict[str, Any]:
        model = _operations()[operation]
        action = _Action(self._account_id, self.meta.region_name, model, members)
        try:
            answer = getattr(action, operation)()
        except ServiceException as exc:
            raise ClientError({"Error": {"Code": exc.code, "Message": exc.message}}, model.name) from exc
        assert isinstance(answer, ActionResult)
        return _Reader(model).read(answer.result)


_known: dict[str, OperationModel] = {}


def _operations() -> dict[str, OperationModel]:
    """EC2's operations by the names of boto3's methods."""
    if not _known:
        service = get_service_model("ec2")
        _known.update({xform_name(name): service.operation_model(name) for name in service.operation_names})
    return _known


class _Action(EC2Response):
    """moto's actions for one request, whose members are there already."""

    def __init__(self, account_id: str, region: str, model: OperationModel, members: dict[str, Any]) -> None:
        super().__init__()
        self.current_account, self.region, self.partition = account_id, region, get_partition(region)
        self.params, self.uri_match = members, {}
        self.querystring = self.data = {"Action": [model.name]}
        self.headers: Any = {}


class _Keys(XFormedAttributePicker):
    """moto's, which works out anew for every value under which names an attribute may stand; here once for a class."""

    def get_possible_keys(self, context: AttributePickerContext) -> Iterator[str]:  # type: ignore[override]
        """The names, those first that win."""
        asked = type(context.obj), context.shape, context.key
        found = _possible.get(asked)
        if found is None:
            found = _possible[asked] = tuple(dict.fromkeys(super().get_possible_keys(context)))
        return iter(found)


_possible: dict[tuple[type, Shape, str], tuple[str, ...]] = {}


class _Reader(EC2Serializer):
    """Reads what an action returned, by the operation's model."""

    def __init__(self, model: OperationModel) -> None:
        transformers = EC2Response.RESPONSE_KEY_PATH_TO_TRANSFORMER
        super().__init__(operation_model=model, value_picker=_Keys(response_transformers=transformers))

    def read(self, result: object) -> dict[str, Any]:
        """The answer as boto3 gives it, without the response's metadata."""
        shape = self.operation_model.output_shape
        assert isinstance(shape, StructureShape)
        found: dict[str, Any] = self._within(shape.name, result, shape)
        return found

    def _within(self, name: str, value: Any, shape: Shape) -> Any:
        """The value; moto finds what it transforms by the path of names that leads to it."""
        self.path.append(name)
        try:
            if isinstance(shape, StructureShape):
                return self._structure(value, shape)
            if isinstance(shape, ListShape):
                return self._items(value, cast(Shape, shape.member))
            return self._scalar(value, shape)
        finally:
            self.path.pop()

    def _structure(self, value: Any, shape: StructureShape) -> dict[str, Any]:
        found = {}
        for name, member in shape.members.items():
            member.parent = shape  # type: ignore[attr-defined]  # moto's aliases ask for it
            item = self.get_value(value, name, member)
            if item is not None:
                found[name] = self._within(name, item, member)
        return found

    def _items(self, value: Any, shape: Shape) -> list[Any]:
        items = [self._within(shape.name, item, shape) for item in value if item is not None]
        return [item for item in items if item != {}]  # moto writes no empty element

    def _scalar(self, value: Any, shape: Shape) -> Any:
        kind = shape.type_name
        if kind == "boolean":
            return value is True or str(value).lower() == "true"
        if kind in ("integer", "long"):
            return int(value)
        if kind in ("float", "double"):
            return float(value)
        if kind == "timestamp":
            written: dict[str, str] = {}
            self._timestamp_serializer.serialize(written, value, shape, "moment")
            return parse_timestamp(written["moment"])
        if kind == "blob":
            return value if isinstance(value, bytes) else base64.b64decode(value)
        return str(value)
