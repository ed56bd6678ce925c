"""Paths of the Lambda API: moto's, with names that may hold `$LATEST.PUBLISHED`, and those of managed instances."""

from moto.awslambda.urls import url_bases
from moto.awslambda.urls import url_paths as moto_paths

from moto_lmi.api.lambda_.responses import LMILambdaResponse

__all__ = ["url_bases", "url_paths"]

# moto's own pattern has neither the dot nor the dollar of `$LATEST.PUBLISHED`.
_MOTO_NAME = r"[\w_:%-]+"
_ANY_SEGMENT = r"[^/]+"

_NEW_PATHS = (
    r"{0}/(?P<api_version>[^/]+)/capacity-providers/?$",
    r"{0}/(?P<api_version>[^/]+)/capacity-providers/(?P<capacity_provider_name>[^/]+)/?$",
    r"{0}/(?P<api_version>[^/]+)/capacity-providers/(?P<capacity_provider_name>[^/]+)/function-versions/?$",
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[^/]+)/function-scaling-config/?$",
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[^/]+)/response-streaming-invocations/?$",
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[^/]+)/urls/?$",
    r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[^/]+)/durable-executions/?$",
    r"{0}/(?P<api_version>[^/]+)/durable-executions/(?P<durable_execution>.+)$",
    r"{0}/(?P<api_version>[^/]+)/durable-execution-callbacks/(?P<callback>.+)$",
)

url_paths = {
    path.replace(_MOTO_NAME, _ANY_SEGMENT).replace(r"[\w_-]+", _ANY_SEGMENT): LMILambdaResponse.dispatch
    for path in (*moto_paths, *_NEW_PATHS)
}
