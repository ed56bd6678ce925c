"""The Lambda API's actions. Every request is read and validated by the service model before its action runs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from itertools import islice
from typing import Any, TypeVar, cast

from moto.awslambda.responses import LambdaResponse
from moto.awslambda.utils import get_backend
from moto.core.common_types import TYPE_RESPONSE
from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, get_service_model
from werkzeug.exceptions import HTTPException

from moto_lmi.api.errors import InvalidRequestContent, LambdaError, OwnSentence
from moto_lmi.api.lambda_.asynchronous import AsynchronousActions
from moto_lmi.api.lambda_.durable import DurableActions, find_operation
from moto_lmi.api.lambda_.models import LMILambdaBackend
from moto_lmi.api.lambda_.rates import check_rate
from moto_lmi.api.lambda_.url_responses import UrlActions
from moto_lmi.api.validation import read_request
from moto_lmi.capacity_providers import CapacityProvider
from moto_lmi.clock import clock_for
from moto_lmi.functions import LATEST, LATEST_PUBLISHED, Function
from moto_lmi.iam.enforce import bring_service_linked_role, check_caller
from moto_lmi.invoking.answers import REQUEST_ID, begin, reply_to, whole_stream
from moto_lmi.invoking.requests import read_call

T = TypeVar("T")

_PROVIDER_PAGE = 50
_FUNCTION_PAGE = 50
"""Lambda answers with at most 50 functions a page, whatever MaxItems says."""
# Operations with a required query argument, which moto's router takes for part of the path.
_NEED_QUERY = (
    ("GET", r"/functions/(?P<FunctionName>[^/]+)/function-scaling-config$", "GetFunctionScalingConfig"),
    ("PUT", r"/functions/(?P<FunctionName>[^/]+)/function-scaling-config$", "PutFunctionScalingConfig"),
    ("DELETE", r"/tags/(?P<Resource>.+)$", "UntagResource"),
)


class LMILambdaResponse(  # type: ignore[misc]  # moto's answers have other types
    UrlActions, DurableActions, AsynchronousActions, LambdaResponse
):
    """moto's Lambda actions, with those of managed instances and with AWS's validation for all of them."""

    _action: str | None = None

    def _dispatch(self, request: Any, full_url: str | None = None, headers: Any = None) -> TYPE_RESPONSE:
        try:
            self.setup_class(request, full_url, headers)
        except UnicodeDecodeError:
            self.setup_class(request, full_url, headers, use_raw_body=True)
        clock_for(self.current_account).catch_up()
        action = self._get_action()
        if not action:
            return OwnSentence("unknown_operation", method=self.method, path=self.path[:200]).answer()
        try:
            operation = get_service_model("lambda").operation_model(action)
            self.request = read_request(
                operation, self.uri_match, self._query(), self.headers, self.normalized_request.data
            )
            check_caller(self.backend, action, self.request, self.access_key)
            check_rate(self.current_account, self.region, action)
        except LambdaError as error:
            return error.answer()
        return self._call(action)

    def _get_action(self) -> str:
        """The operation of the request. Looked up once: moto asks twice, and each time goes through its router."""
        if self._action is None:
            self._action = super()._get_action()
        return self._action

    def _call(self, action: str) -> TYPE_RESPONSE:
        """Run the action as moto's `call_action` does, which lists the methods of the class for every request."""
        method = getattr(self, camelcase_to_underscores(action), None)
        if method is None:
            raise NotImplementedError(action)
        try:
            self._authenticate_and_authorize_normal_action("*")
            answer = method()
        except ServiceException as error:
            answer = ActionResult(error)
        except HTTPException as error:
            headers = {**dict(error.get_headers()), "status": str(error.code)}
            answer = error.code, headers, error.get_body()
        if isinstance(answer, ActionResult):
            status, headers, body = self.serialized(answer)
        else:
            status, headers, body = self._transform_response(
                self.response_headers, (200, {}, answer) if isinstance(answer, str) else answer
            )
        request_id = headers.get(REQUEST_ID)
        headers, body = self._enrich_response(headers, body)
        if request_id:  # moto gives every answer one of its own
            headers[REQUEST_ID] = request_id
        return status, headers, body

    def _query(self) -> dict[str, list[str]]:
        # `self.querystring` falls back to form data and headers when the URL has no query.
        args = self.normalized_request.args
        return {key: args.getlist(key) for key in args}

    def serialized(self, action_result: ActionResult) -> TYPE_RESPONSE:
        """As moto serialises results, with Lambda's errors in their own form."""
        if isinstance(action_result.result, LambdaError):
            return action_result.result.answer()
        return super().serialized(action_result)

    def _get_action_from_method_and_request_uri(self, request: Any) -> str:
        """The operation of a request, also when it lacks a query argument without which moto finds none."""
        if durable := find_operation(request.method, request.path):
            name, self.uri_match = durable
            return name
        action: str = super()._get_action_from_method_and_request_uri(request)
        if action:
            return action
        for method, pattern, name in _NEED_QUERY:
            match = re.search(pattern, request.path)
            if match and request.method == method:
                self.uri_match = match.groupdict()
                return name
        return action

    @property
    def backend(self) -> LMILambdaBackend:  # type: ignore[override]
        """The backend of the caller's account and Region."""
        return cast(LMILambdaBackend, get_backend(self.current_account, self.region))

    # --- capacity providers --------------------------------------------------------------------------------------------

    def create_capacity_provider(self) -> ActionResult:
        """CreateCapacityProvider."""
        provider = self.backend.capacity_providers.create(self.request)
        bring_service_linked_role(self.current_account, self.region)
        return _provider_result(provider)

    def get_capacity_provider(self) -> ActionResult:
        """GetCapacityProvider."""
        return _provider_result(self.backend.capacity_providers.get(self.request["CapacityProviderName"]))

    def update_capacity_provider(self) -> ActionResult:
        """UpdateCapacityProvider."""
        return _provider_result(self.backend.capacity_providers.update(self.request))

    def delete_capacity_provider(self) -> ActionResult:
        """DeleteCapacityProvider."""
        return _provider_result(self.backend.delete_capacity_provider(self.request["CapacityProviderName"]))

    def list_capacity_providers(self) -> ActionResult:
        """ListCapacityProviders."""
        state = self.request.get("State")
        providers = [item for item in self.backend.capacity_providers.all() if state in (None, item.state)]
        page, marker = self._page(providers, _provider_name, _PROVIDER_PAGE)
        return ActionResult({"CapacityProviders": page, "NextMarker": marker})

    def list_function_versions_by_capacity_provider(self) -> ActionResult:
        """ListFunctionVersionsByCapacityProvider."""
        provider = self.backend.capacity_providers.get(self.request["CapacityProviderName"])
        page, marker = self._page(self.backend.versions_on(provider), _version_arn, _PROVIDER_PAGE)
        versions = [{"FunctionArn": version.arn, "State": version.state} for version in page]
        return ActionResult({"CapacityProviderArn": provider.arn, "FunctionVersions": versions, "NextMarker": marker})

    def _page(self, items: Iterable[T], key: Callable[[T], str], most: int) -> tuple[list[T], str | None]:
        """One page of the items in the order of their keys, and the marker of the next one."""
        ordered = sorted(items, key=key)
        marker = self.request.get("Marker")
        if marker:
            if "\x00" in marker or len(marker) > 1000:
                raise OwnSentence("bad_marker", marker=marker[:100])
            ordered = [item for item in ordered if key(item) > marker]
        size = min(self.request.get("MaxItems", most), most)
        page = list(islice(ordered, size))
        return page, key(page[-1]) if len(ordered) > size else None

    # --- scaling config ------------------------------------------------------------------------------------------------

    def put_function_scaling_config(self) -> ActionResult:
        """PutFunctionScalingConfig."""
        version = self.backend.put_function_scaling_config(
            self.request["FunctionName"], self.request["Qualifier"], self.request.get("FunctionScalingConfig")
        )
        return ActionResult({"FunctionState": version.state})

    def get_function_scaling_config(self) -> ActionResult:
        """GetFunctionScalingConfig."""
        version = self.backend.scaled_version(self.request["FunctionName"], self.request["Qualifier"])
        answer: dict[str, Any] = {
            "FunctionArn": version.arn,
            "AppliedFunctionScalingConfig": version.applied_scaling,
        }
        if version.requested_scaling is not None:
            answer["RequestedFunctionScalingConfig"] = version.requested_scaling
        return ActionResult(answer)

    # --- functions -----------------------------------------------------------------------------------------------------

    def create_function(self) -> TYPE_RESPONSE:
        """CreateFunction."""
        function = self.backend.create_function(self.request)
        return _answer(function.get_configuration(on_create=not function.is_published), 201)

    def get_function(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """GetFunction."""
        function, configuration = self._configuration()
        answer = function.get_code()
        answer["Configuration"] = configuration
        return _answer(answer)

    def get_function_configuration(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """GetFunctionConfiguration."""
        return _answer(self._configuration()[1])

    def _configuration(self) -> tuple[Function, dict[str, Any]]:
        """The version that is asked for and its configuration under the ARN by which it was asked for."""
        storage = self.backend._lambdas
        name, qualifier = storage.split(self.request["FunctionName"], self.request.get("Qualifier"))
        function = storage.find(name, qualifier)
        configuration = function.get_configuration()
        if qualifier:
            configuration["FunctionArn"] = storage.arn_of(name, qualifier)
        return function, configuration

    def list_functions(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """ListFunctions."""
        wanted = self.request.get("FunctionVersion")
        return self._function_page("Functions", self.backend.list_functions(wanted), qualify_latest=wanted == "ALL")

    def list_versions_by_function(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """ListVersionsByFunction."""
        versions = self.backend.list_versions_by_function(self.request["FunctionName"])
        return self._function_page("Versions", versions, qualify_latest=True)

    def _function_page(self, member: str, functions: Iterable[Function], *, qualify_latest: bool) -> TYPE_RESPONSE:
        page, marker = self._page(functions, _version_order, _FUNCTION_PAGE)
        configurations = []
        for function in page:
            configuration = function.get_configuration()
            if qualify_latest and not function.is_published:
                configuration["FunctionArn"] += f":{LATEST}"
            configurations.append(configuration)
        answer: dict[str, Any] = {member: configurations}
        if marker:
            answer["NextMarker"] = marker
        return _answer(answer)

    def update_function_configuration(self) -> TYPE_RESPONSE:
        """UpdateFunctionConfiguration."""
        name = self.request["FunctionName"]
        return _answer(self.backend.update_function_configuration(name, None, self.request))

    def update_function_code(self) -> TYPE_RESPONSE:
        """UpdateFunctionCode."""
        name = self.request["FunctionName"]
        return _answer(self.backend.update_function_code(name, None, self.request))

    def publish_version(self) -> TYPE_RESPONSE:
        """PublishVersion."""
        version = self.backend.publish_version(
            self.request["FunctionName"],
            self.request.get("Description", ""),
            publish_to=self.request.get("PublishTo"),
            code_sha256=self.request.get("CodeSha256"),
            revision_id=self.request.get("RevisionId"),
        )
        return _answer(version.get_configuration(), 201)

    def delete_function(self) -> TYPE_RESPONSE:
        """DeleteFunction: 202 for functions on a capacity provider, which go in the background, else 204."""
        in_background = self.backend.delete_function(self.request["FunctionName"], self.request.get("Qualifier"))
        status = 202 if in_background else 204
        return status, {"status": str(status)}, ""

    def put_function_concurrency(self) -> TYPE_RESPONSE:
        """PutFunctionConcurrency: refused for functions on a capacity provider."""
        if self.backend.get_function(self.request["FunctionName"]).is_managed:
            raise OwnSentence("reserved_concurrency")
        return super().put_function_concurrency()

    # --- aliases -------------------------------------------------------------------------------------------------------

    def create_alias(self) -> TYPE_RESPONSE:
        """CreateAlias."""
        alias = self.backend.create_alias(
            self.request["Name"],
            self.request["FunctionName"],
            self.request["FunctionVersion"],
            self.request.get("Description", ""),
            self.request.get("RoutingConfig"),
        )
        return _answer(_without_nulls(alias.to_json()), 201)

    def get_alias(self) -> TYPE_RESPONSE:
        """GetAlias."""
        alias = self.backend.get_alias(self.request["Name"], self.request["FunctionName"])
        return _answer(_without_nulls(alias.to_json()))

    def update_alias(self) -> TYPE_RESPONSE:
        """UpdateAlias."""
        alias = self.backend.update_alias(
            self.request["Name"],
            self.request["FunctionName"],
            self.request.get("FunctionVersion"),
            self.request.get("Description"),
            self.request.get("RoutingConfig"),
            self.request.get("RevisionId"),
        )
        return _answer(_without_nulls(alias.to_json()))

    def delete_alias(self) -> TYPE_RESPONSE:
        """DeleteAlias."""
        self.backend.delete_alias(self.request["Name"], self.request["FunctionName"])
        return 204, {"status": "204"}, ""

    def list_aliases(self) -> TYPE_RESPONSE:
        """ListAliases, of one version if FunctionVersion says so."""
        version = self.request.get("FunctionVersion")
        aliases = [
            alias
            for alias in self.backend.list_aliases(self.request["FunctionName"])
            if version in (None, alias.function_version)
        ]
        page, marker = self._page(aliases, lambda alias: alias.name, _FUNCTION_PAGE)
        answer: dict[str, Any] = {"Aliases": [_without_nulls(alias.to_json()) for alias in page]}
        if marker:
            answer["NextMarker"] = marker
        return _answer(answer)

    # --- tags ----------------------------------------------------------------------------------------------------------

    def list_tags(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """ListTags."""
        return _answer({"Tags": self.backend.list_tags(self.request["Resource"])})

    def tag_resource(self) -> TYPE_RESPONSE:  # type: ignore[override]
        """TagResource."""
        self.backend.tag_resource(self.request["Resource"], self.request["Tags"])
        return 204, {"status": "204"}, ""

    def untag_resource(self) -> TYPE_RESPONSE:
        """UntagResource."""
        self.backend.untag_resource(self.request["Resource"], self.request["TagKeys"])
        return 204, {"status": "204"}, ""

    # --- invoking ------------------------------------------------------------------------------------------------------

    def invoke(self) -> TYPE_RESPONSE:
        """Invoke: on the data plane, unless the account uses moto's simple backend or its Docker containers."""
        if self.backend.leaves_to_moto(self.request["FunctionName"]):
            return self._invoke_without_code()
        call = read_call(self.backend, self.request, self.headers.get("X-Amzn-Trace-Id", ""))
        if call.is_unattended:
            invoke = self.start_durable if call.version.is_durable else self.accept_event
            return invoke(call.version, call.invocation.payload)
        begun = begin(call)
        status, headers, body = reply_to(call, begun) if isinstance(begun, Future) else begun
        return status, {**headers, "status": str(status)}, body

    def invoke_with_response_stream(self) -> TYPE_RESPONSE:
        """InvokeWithResponseStream, in process: the whole stream at once, when it is complete."""
        trace_id = self.headers.get("X-Amzn-Trace-Id", "")
        call = read_call(self.backend, self.request, trace_id, streaming=True)
        begun = begin(call)
        status, headers, body = whole_stream(call, begun) if isinstance(begun, Future) else begun
        return status, {**headers, "status": str(status)}, body

    def _invoke_without_code(self) -> TYPE_RESPONSE:
        """What a function on a capacity provider refuses, then what moto's simple backend answers."""
        version = self.backend.invoked_version(
            self.request["FunctionName"], self.request.get("Qualifier"), self.request.get("LogType")
        )
        if self.request.get("InvocationType") == "DryRun":
            return 204, {"status": "204"}, ""
        if not version.is_managed:
            answer: TYPE_RESPONSE = super().invoke()
            return answer
        payload = self.body
        if payload:
            try:
                json.loads(payload)
            except ValueError as exc:
                raise InvalidRequestContent(f"Could not parse request body into json: {exc}") from exc
        headers: dict[str, str] = {"X-Amz-Executed-Version": str(version.version), "content-type": "application/json"}
        content = self.backend.invoke(version.arn, None, payload, self.headers, headers)
        headers["status"] = "202" if self.request.get("InvocationType") == "Event" else "200"
        headers.pop("x-amz-log-result", None)
        return int(headers["status"]), headers, content or b""


def _provider_result(provider: CapacityProvider) -> ActionResult:
    return ActionResult({"CapacityProvider": provider})


def _provider_name(provider: CapacityProvider) -> str:
    return provider.name


def _version_arn(version: Function) -> str:
    return version.arn


def _version_order(function: Function) -> str:
    """A key that puts versions as Lambda lists them: `$LATEST`, `$LATEST.PUBLISHED`, then the numbers."""
    ranks = {LATEST: "0", LATEST_PUBLISHED: "1"}
    return f"{function.function_name}:{ranks.get(str(function.version), f'2{function.version!s:0>12}')}"


def _answer(document: dict[str, Any], status: int = 200) -> TYPE_RESPONSE:
    return status, {"status": str(status)}, json.dumps(document)


def _without_nulls(document: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}
