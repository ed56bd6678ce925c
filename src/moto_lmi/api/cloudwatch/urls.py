"""Paths of the CloudWatch API: moto's, answered on the account's virtual time."""

from moto.cloudwatch.urls import url_bases

from moto_lmi.api.cloudwatch.responses import LMICloudWatchResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": LMICloudWatchResponse.dispatch}
