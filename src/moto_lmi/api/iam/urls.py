"""Paths of the IAM API: moto's."""

from moto.iam.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
