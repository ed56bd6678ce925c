"""Function URLs: what they are set to, and how one is found by its id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.awslambda.models import LambdaBackend, lambda_backends
from moto.moto_api._internal import mock_random

from moto_lmi.api.errors import ResourceConflict, ResourceNotFound
from moto_lmi.clock import clock_for

if TYPE_CHECKING:
    from moto_lmi.function_storage import FunctionStorage

BUFFERED, RESPONSE_STREAM = "BUFFERED", "RESPONSE_STREAM"
NONE, AWS_IAM = "NONE", "AWS_IAM"


@dataclass
class FunctionUrl:
    """The URL of a function or of one of its aliases."""

    url_id: str
    account_id: str
    region: str
    function_name: str
    qualifier: str | None
    function_arn: str
    auth_type: str
    invoke_mode: str
    cors: dict[str, Any] | None
    created: str
    last_modified: str

    @property
    def host(self) -> str:
        """The host that the URL has on AWS."""
        return f"{self.url_id}.lambda-url.{self.region}.on.aws"

    def document(self) -> dict[str, Any]:
        """The configuration as the API gives it."""
        answer = {
            "FunctionUrl": f"https://{self.host}/",
            "FunctionArn": self.function_arn,
            "AuthType": self.auth_type,
            "CreationTime": self.created,
            "LastModifiedTime": self.last_modified,
            "InvokeMode": self.invoke_mode,
        }
        return {**answer, "Cors": self.cors} if self.cors else answer


class FunctionUrls(LambdaBackend):
    """The URL operations of the Lambda backend of one account and Region."""

    _lambdas: FunctionStorage

    def _urls_of(self, function_name: str, qualifier: str | None) -> tuple[dict[str, FunctionUrl], str | None]:
        """The URLs of the function by qualifier, and the qualifier that is meant."""
        name, qualifier = self._lambdas.split(function_name, qualifier)
        self._lambdas.find(name, qualifier)
        return self._lambdas.urls_of(name), qualifier

    def create_function_url_config(  # type: ignore[override]
        self, name_or_arn: str, config: Mapping[str, Any], qualifier: str | None = None
    ) -> FunctionUrl:
        """CreateFunctionUrlConfig; there is one URL for a function and one for each alias."""
        urls, qualifier = self._urls_of(name_or_arn, qualifier)
        name, _ = self._lambdas.split(name_or_arn)
        arn = self._lambdas.arn_of(name, qualifier)
        if (qualifier or "") in urls:
            raise ResourceConflict(f"Function URL config already exists for this Lambda function: {arn}")
        now = self._now()
        made = FunctionUrl(
            mock_random.uuid4().hex,
            self.account_id,
            self.region_name,
            name,
            qualifier,
            arn,
            config.get("AuthType", NONE),
            config.get("InvokeMode", BUFFERED),
            config.get("Cors"),
            now,
            now,
        )
        urls[qualifier or ""] = made
        return made

    def get_function_url_config(  # type: ignore[override]
        self, name_or_arn: str, qualifier: str | None = None
    ) -> FunctionUrl:
        """GetFunctionUrlConfig."""
        urls, qualifier = self._urls_of(name_or_arn, qualifier)
        if (qualifier or "") not in urls:
            raise ResourceNotFound("The resource you requested does not exist.")
        return urls[qualifier or ""]

    def update_function_url_config(  # type: ignore[override]
        self, name_or_arn: str, config: Mapping[str, Any], qualifier: str | None = None
    ) -> FunctionUrl:
        """UpdateFunctionUrlConfig; what is left out stays."""
        url = self.get_function_url_config(name_or_arn, qualifier)
        url.auth_type = config.get("AuthType", url.auth_type)
        url.invoke_mode = config.get("InvokeMode", url.invoke_mode)
        url.cors = config.get("Cors", url.cors)
        url.last_modified = self._now()
        return url

    def delete_function_url_config(self, name_or_arn: str, qualifier: str | None = None) -> None:
        """DeleteFunctionUrlConfig."""
        self.get_function_url_config(name_or_arn, qualifier)
        urls, qualifier = self._urls_of(name_or_arn, qualifier)
        del urls[qualifier or ""]

    def list_function_url_configs(self, name_or_arn: str) -> list[FunctionUrl]:
        """ListFunctionUrlConfigs, of the function and its aliases."""
        urls, _ = self._urls_of(name_or_arn, None)
        return [urls[qualifier] for qualifier in sorted(urls)]

    def url_with(self, url_id: str) -> FunctionUrl | None:
        """The URL with the id, if it is one of this account and Region."""
        return next((url for url in self._lambdas.every_url() if url.url_id == url_id), None)

    def _now(self) -> str:
        return clock_for(self.account_id).now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def find_url(url_id: str) -> tuple[FunctionUrls, FunctionUrl] | None:
    """The URL with the id, in whichever account it is, and its backend."""
    for regions in list(lambda_backends.values()):
        for backend in list(regions.values()):
            if isinstance(backend, FunctionUrls) and (url := backend.url_with(url_id)) is not None:
                return backend, url
    return None
