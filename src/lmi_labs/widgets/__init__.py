"""Views for notebooks: a pure snapshot of the account, a pure drawing of it, and a thin widget around both."""

from __future__ import annotations

from lmi_labs.widgets.latency_view import latency_view
from lmi_labs.widgets.night_view import night_view, shift_view
from lmi_labs.widgets.planner import planner
from lmi_labs.widgets.provider_view import provider_view
from lmi_labs.widgets.reach_view import reach_view
from lmi_labs.widgets.sweep_view import sweep_view

__all__ = ["latency_view", "night_view", "planner", "provider_view", "reach_view", "shift_view", "sweep_view"]
