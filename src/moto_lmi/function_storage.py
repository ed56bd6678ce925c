"""Where functions, their versions and aliases are kept, and how a name, ARN or qualifier finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import LambdaStorage
from moto.awslambda.utils import make_function_arn

from moto_lmi import endings
from moto_lmi.api.errors import InvalidParameterValue, ResourceNotFound
from moto_lmi.functions import LATEST, LATEST_PUBLISHED, Function

if TYPE_CHECKING:
    from moto_lmi.function_urls import FunctionUrl

_REFERENCE = re.compile(
    r"(?:arn:[a-zA-Z-]+:lambda:)?(?:(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d):)?(?:(?P<account>\d{12}):)?(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)(?::(?P<qualifier>[a-zA-Z0-9-_$.]+))?"
)


class FunctionStorage(LambdaStorage):
    """moto's storage, with `$LATEST.PUBLISHED` among the versions and numbers that are never used twice."""

    _functions: dict[str, Any]

    def split(self, reference: str, qualifier: str | None = None) -> tuple[str, str | None]:
        """The name and the qualifier in a function name, partial ARN or ARN.

        Raises ResourceNotFound for a reference to another account or Region, InvalidParameterValue when the
        reference carries another qualifier than `qualifier`.
        """
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise ResourceNotFound(f"Function not found: {self.arn_of(reference)}")
        name, inner = match["name"], match["qualifier"]
        if match["region"] not in (None, self.region_name) or match["account"] not in (None, self.account_id):
            raise ResourceNotFound(f"Function not found: {reference}")
        if inner and qualifier and inner != qualifier:
            raise InvalidParameterValue(
                "The derived qualifier from the function name does not match the specified qualifier."
            )
        return name, inner or qualifier

    def arn_of(self, name: str, qualifier: str | None = None) -> str:
        """The ARN that a function of the name has here."""
        arn: str = make_function_arn(self.region_name, self.account_id, name)
        return f"{arn}:{qualifier}" if qualifier else arn

    def has(self, name: str) -> bool:
        """Whether there is a function of the name."""
        return name in self._functions

    def latest_of(self, reference: str, qualifier: str | None = None) -> Function:
        """`$LATEST` of the function, for operations that take no other version."""
        name, _ = self.split(reference, qualifier)
        if name not in self._functions:
            raise ResourceNotFound(f"Function not found: {self.arn_of(name)}")
        latest: Function = self._functions[name]["latest"]
        return latest

    def find(self, reference: str, qualifier: str | None = None) -> Function:
        """The version that a reference and a qualifier (number, alias, `$LATEST…`) name."""
        name, qualifier = self.split(reference, qualifier)
        if name not in self._functions:
            raise ResourceNotFound(f"Function not found: {self.arn_of(name, qualifier)}")
        if qualifier in (None, LATEST):
            return self.latest_of(name)
        version = self.version_of(name, qualifier)
        if version is None:
            alias = self._aliases[self.arn_of(name)].get(qualifier)
            version = self.version_of(name, alias.function_version) if alias else None
            if alias and alias.function_version == LATEST:
                version = self.latest_of(name)
        if version is None:
            raise ResourceNotFound(f"Function not found: {self.arn_of(name, qualifier)}")
        return version

    def get_function_by_name_or_arn_with_qualifier(self, name_or_arn: str, qualifier: str | None = None) -> Function:
        """moto's name for `find`, which its other operations call."""
        return self.find(name_or_arn, qualifier)

    def version_of(self, name: str, qualifier: str) -> Function | None:
        """The published version of the function with the number or `$LATEST.PUBLISHED`, if there is one."""
        return next((item for item in self.versions_of(name) if str(item.version) == qualifier), None)

    def versions_of(self, name: str) -> list[Function]:
        """The published versions of a function: numbers in order, `$LATEST.PUBLISHED` before them if there is one."""
        versions: list[Function] = self._functions[name]["versions"]
        return versions

    def next_number(self, name: str) -> int:
        """The number of the next version; numbers of deleted versions are not used again."""
        group = self._functions[name]
        group["last_number"] = group.get("last_number", 0) + 1
        number: int = group["last_number"]
        return number

    def add_version(self, version: Function) -> None:
        """Keep a published version, in place of an older `$LATEST.PUBLISHED` if it is one."""
        versions = self.versions_of(version.function_name)
        versions[:] = [item for item in versions if item.version != version.version]
        versions.append(version)
        versions.sort(key=lambda item: -1 if item.version == LATEST_PUBLISHED else int(item.version))
        self._arns[version.function_arn] = version

    def remove_version(self, version: Function) -> None:
        """Forget a published version."""
        if self.has(version.function_name):
            versions = self.versions_of(version.function_name)
            versions[:] = [item for item in versions if item is not version]
        self._arns.pop(version.function_arn, None)
        endings.tell([version.run_key])

    def remove_function(self, latest: Function) -> None:
        """Forget a function with its versions and aliases."""
        group = self._functions.get(latest.function_name)
        if group is None or group["latest"] is not latest:
            return
        for version in [latest, *group["versions"]]:
            self._arns.pop(version.function_arn, None)
            endings.tell([version.run_key])
        del self._functions[latest.function_name]
        self._aliases.pop(latest.function_arn, None)

    def every_function(self) -> Iterator[Function]:
        """`$LATEST` of every function, in the order of their names."""
        for name in sorted(self._functions):
            yield self._functions[name]["latest"]

    def every_version(self) -> Iterator[Function]:
        """Every published version of every function."""
        for name in sorted(self._functions):
            yield from self.versions_of(name)

    def urls_of(self, name: str) -> dict[str, FunctionUrl]:
        """The URLs of a function by qualifier, which is empty for the function's own."""
        urls: dict[str, FunctionUrl] = self._functions[name].setdefault("urls", {})
        return urls

    def every_url(self) -> Iterator[FunctionUrl]:
        """Every URL of every function."""
        for group in list(self._functions.values()):
            yield from group.get("urls", {}).values()

    def aliases_of(self, name: str) -> dict[str, Any]:
        """The aliases of a function by their names."""
        aliases: dict[str, Any] = self._aliases[self.arn_of(name)]
        return aliases
