"""Paths of the SQS API: moto's."""

from moto.sqs.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
