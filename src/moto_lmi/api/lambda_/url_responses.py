"""The actions of function URLs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.common_types import TYPE_RESPONSE

if TYPE_CHECKING:
    from moto_lmi.api.lambda_.models import LMILambdaBackend


class UrlActions:
    """Create, get, update, delete and list URLs."""

    request: dict[str, Any]

    if TYPE_CHECKING:

        @property
        def backend(self) -> LMILambdaBackend:
            """The backend of the caller's account and Region."""

    def create_function_url_config(self) -> TYPE_RESPONSE:
        """CreateFunctionUrlConfig."""
        request = self.request
        url = self.backend.create_function_url_config(request["FunctionName"], request, request.get("Qualifier"))
        document = url.document()
        del document["LastModifiedTime"]
        return _answer(document, 201)

    def get_function_url_config(self) -> TYPE_RESPONSE:
        """GetFunctionUrlConfig."""
        url = self.backend.get_function_url_config(self.request["FunctionName"], self.request.get("Qualifier"))
        return _answer(url.document())

    def update_function_url_config(self) -> TYPE_RESPONSE:
        """UpdateFunctionUrlConfig."""
        request = self.request
        url = self.backend.update_function_url_config(request["FunctionName"], request, request.get("Qualifier"))
        return _answer(url.document())

    def delete_function_url_config(self) -> TYPE_RESPONSE:
        """DeleteFunctionUrlConfig."""
        self.backend.delete_function_url_config(self.request["FunctionName"], self.request.get("Qualifier"))
        return 204, {"status": "204"}, ""

    def list_function_url_configs(self) -> TYPE_RESPONSE:
        """ListFunctionUrlConfigs, all on one page: a function has few."""
        urls = self.backend.list_function_url_configs(self.request["FunctionName"])
        return _answer({"FunctionUrlConfigs": [url.document() for url in urls]})


def _answer(document: dict[str, Any], status: int = 200) -> TYPE_RESPONSE:
    return status, {"status": str(status)}, json.dumps(document)
