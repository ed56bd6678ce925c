"""A view of the way from a provider's subnets to a destination: each hop, what blocks it, and the same in words."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from lmi_labs.widgets.drawing import BORDER, TEXT

if TYPE_CHECKING:
    from lmi_labs.account import Account
    from lmi_labs.lab import Lab
    from moto_lmi.network import ProviderVerdict, Verdict

__all__ = ["reach_view"]

_BOX = f"border:{BORDER};border-radius:.3em;padding:.3em .5em;background:var(--jp-layout-color2, transparent)"
_STOP = "border:2px solid var(--jp-error-color1, currentColor);border-radius:.3em;padding:.3em .5em"


def reach_view(lab: Lab, capacity_provider_name: str, destination: str) -> Any:
    """The way from each of the provider's subnets to the destination, drawn now and again at each press of the button.

    `destination` is as for `moto_lmi.network.reach`: a service (`logs`), a host, an address. It only reads, and what can't be
    answered is said in a sentence.
    """
    import ipywidgets

    picture = ipywidgets.HTML()
    button = ipywidgets.Button(description="Look again", tooltip=f"Read the way to {destination} again", icon="refresh")

    def refresh(_: object = None) -> None:
        button.disabled = True
        try:
            picture.value = look(lab.account, capacity_provider_name, destination)
        finally:
            button.disabled = False

    button.on_click(refresh)
    refresh()
    return ipywidgets.VBox([button, picture])


def look(account: Account, capacity_provider_name: str, destination: str) -> str:
    """The view as HTML, as the account is now."""
    from botocore.exceptions import BotoCoreError, ClientError

    from moto_lmi import network

    try:
        answer = account.client("lambda").get_capacity_provider(CapacityProviderName=capacity_provider_name)
        vpc = answer["CapacityProvider"]["VpcConfig"]
        verdict = network.reach(account.client("ec2"), vpc["SubnetIds"], vpc["SecurityGroupIds"], destination)
    except (ClientError, BotoCoreError, network.NetworkError, OSError) as error:
        return f"<p role='status' style='{TEXT}'>The way can't be read: {escape(str(error))}</p>"
    return draw(verdict)


def draw(verdict: ProviderVerdict) -> str:
    """A provider's verdict as HTML: a row of boxes for each subnet, hidden from readers, and all of it as lists."""
    label = f"The way to {escape(verdict.destination, quote=True)}"
    return (
        f"<section aria-label='{label}' style='{TEXT};max-width:64em'>"
        f"<p role='status' style='margin:.3em 0'><strong>{escape(verdict.sentence)}</strong></p>"
        f"{''.join(map(_row, verdict.verdicts))}"
        f"<details><summary>In words</summary>{''.join(map(_words, verdict.verdicts))}</details></section>"
    )


def _row(verdict: Verdict) -> str:
    boxes = [(_BOX, f"{verdict.zone}<br>{escape(verdict.subnet_id)}")]
    boxes += [(_BOX, f"{escape(hop.kind)}<br>{escape(hop.resource)}") for hop in verdict.hops]
    if verdict.blocking is not None:
        boxes.append((_STOP, f"✕ {escape(verdict.blocking.cause)}<br>{escape(verdict.blocking.resource)}"))
    else:
        boxes.append((_BOX, f"● {escape(verdict.destination)}"))
    arrow = "<span style='align-self:center'>→</span>"
    drawn = arrow.join(f"<div style='{style};font-size:85%'>{text}</div>" for style, text in boxes)
    return f"<div aria-hidden='true' style='display:flex;flex-wrap:wrap;gap:.4em;margin:.4em 0'>{drawn}</div>"


def _words(verdict: Verdict) -> str:
    items = [f"{hop.kind} {hop.resource}: {hop.says}" for hop in verdict.hops]
    if verdict.blocking is None:
        items.append(f"{verdict.destination} is reached.")
    else:
        stop = verdict.blocking
        items += [f"Blocked ({stop.cause}) at {stop.resource}: {stop.sentence}", f"What helps: {stop.fix}"]
    items += [f"Assumed: {sentence}" for sentence in verdict.assumptions]
    listed = "".join(f"<li>{escape(item)}</li>" for item in items)
    return f"<p style='margin:.5em 0 0 0'>{escape(verdict.subnet_id)} ({escape(verdict.zone)})</p><ol>{listed}</ol>"
