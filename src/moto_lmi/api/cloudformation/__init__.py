"""The CloudFormation API with stacks of capacity providers and functions on them."""

from __future__ import annotations

import importlib
from typing import Any


def install() -> None:
    """Let moto answer CloudFormation requests with this backend from the first one on.

    moto's CloudFormation loads the models of thirty services, which takes a second or more; so nothing of it is
    loaded before somebody uses it. `_import_backend` is what every use goes through.
    """
    from moto import backends

    plain = backends._import_backend
    if getattr(plain, "loads_stacks", False):
        return

    def import_backend(module_name: str, backends_name: str) -> Any:
        found: Any = plain(module_name, backends_name)
        if module_name == "cloudformation":
            _take_over(found)
        return found

    import_backend.loads_stacks = True  # type: ignore[attr-defined]
    backends._import_backend = import_backend


def _take_over(backend_dict: Any) -> None:
    from moto_lmi.api.cloudformation.models import LMICloudFormationBackend

    if backend_dict.backend is LMICloudFormationBackend:
        return
    from moto.cloudformation import parsing

    # moto finds resource types as the subclasses of its model that have been defined, the last of a type counts.
    for name in ("functions", "invocation", "mended", "providers"):
        importlib.import_module(f"moto_lmi.cloudformation.{name}")
    backend_dict.backend = LMICloudFormationBackend
    for known in (parsing.get_model_list, parsing.get_model_map, parsing.get_name_type_map):
        known.cache_clear()
