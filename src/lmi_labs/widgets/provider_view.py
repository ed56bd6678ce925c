"""A live view of one capacity provider in a notebook: a button, and what describe calls say now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lmi_labs.widgets.drawing import draw
from lmi_labs.widgets.snapshot import take_snapshot

if TYPE_CHECKING:
    from lmi_labs.lab import Lab


def provider_view(lab: Lab, capacity_provider_name: str) -> Any:
    """The provider's zones, subnets, instances, versions and vCPUs, drawn now and again at each press of Refresh.

    It only reads. A provider that isn't there is said so, so the view can be opened before and after its life.
    """
    import ipywidgets

    picture = ipywidgets.HTML()
    button = ipywidgets.Button(description="Refresh", tooltip=f"Read {capacity_provider_name} again", icon="refresh")

    def refresh(_: object = None) -> None:
        button.disabled = True
        try:
            picture.value = draw(take_snapshot(lab.account, capacity_provider_name))
        finally:
            button.disabled = False

    button.on_click(refresh)
    refresh()
    return ipywidgets.VBox([button, picture])
