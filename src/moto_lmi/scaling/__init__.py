"""Scaling: traffic that is offered to published versions, and the environments and instances that follow it."""
