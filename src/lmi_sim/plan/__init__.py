"""Planning: what a workload should run on, why, and what would change that.

plan(spec)   search managed instances, compare with default Lambda and provisioned concurrency, explain
"""

from __future__ import annotations

from lmi_sim.plan.model import Change, Option, Plan, PlanError, Point
from lmi_sim.plan.search import plan
from lmi_sim.plan.sweep import SchedulerError

__all__ = ["Change", "Option", "Plan", "PlanError", "Point", "SchedulerError", "plan"]
