"""Paths of the EventBridge Scheduler API: moto's."""

from moto.scheduler.urls import url_bases, url_paths

__all__ = ["url_bases", "url_paths"]
