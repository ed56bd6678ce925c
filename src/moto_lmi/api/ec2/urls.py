"""Paths of the EC2 API: moto's, answered with managed resources in mind."""

from moto.ec2.urls import url_bases

from moto_lmi.api.ec2.responses import LMIEC2Response

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/": LMIEC2Response.dispatch}
