"""Paths of the CloudFormation API: moto's, answered with virtual time and drift."""

from moto.cloudformation.urls import url_bases

from moto_lmi.api.cloudformation.responses import LMICloudFormationResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {
    "{0}/$": LMICloudFormationResponse.dispatch,
    "{0}/cloudformation_(?P<region>[^/]+)/cfnresponse$": LMICloudFormationResponse.cfnresponse,
}
