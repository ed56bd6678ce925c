"""Paths of the CloudWatch Logs API: moto's, answered on the account's virtual time."""

from moto.logs.urls import url_bases

from moto_lmi.api.logs.responses import LMILogsResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": LMILogsResponse.dispatch}
