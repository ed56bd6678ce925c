"""Paths of the KMS API: moto's."""

from moto.kms.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
