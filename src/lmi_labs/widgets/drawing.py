"""A snapshot as HTML: a box for each zone with what stands in it, and the same as sentences and tables.

Colours are JupyterLab's own, so both themes work; every state is a word and a sign before it is a colour.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from lmi_labs.widgets.snapshot import InstanceView, Snapshot, SubnetView

_SIGNS = {
    "Active": "●",
    "running": "●",
    "Pending": "◔",
    "pending": "◔",
    "Deleting": "◌",
    "Deactivating": "◌",
    "shutting-down": "◌",
    "Deactivated": "○",
    "Failed": "✕",
}
_COLOURS = {"●": "success", "◔": "info", "◌": "warn", "○": "warn", "✕": "error"}

TEXT = "color:var(--jp-ui-font-color1, inherit)"
BORDER = "1px solid var(--jp-border-color1, currentColor)"
_CELL = f"style='border:{BORDER};padding:.15em .5em;text-align:left'"


def draw(snapshot: Snapshot) -> str:
    """The whole view as HTML."""
    if snapshot.missing:
        return f"<p role='status' style='{TEXT}'>{escape(snapshot.missing)}</p>"
    return (
        f"<section aria-label='Capacity provider {escape(snapshot.name, quote=True)}' style='{TEXT};max-width:64em'>"
        f"{_head(snapshot)}{_zones(snapshot)}{_versions(snapshot)}"
        f"<p role='status' style='margin:.6em 0'>{escape(caption(snapshot))}</p>"
        f"{_tables(snapshot)}</section>"
    )


def caption(snapshot: Snapshot) -> str:
    """The view in words."""
    if snapshot.missing:
        return snapshot.missing
    running = [item for item in snapshot.instances if item.state in ("pending", "running")]
    leaving = len(snapshot.instances) - len(running)
    words = [
        f"Capacity provider {snapshot.name} is {snapshot.state} ({snapshot.architecture}, scaling {snapshot.scaling_mode}).",
        f"{_count(len(snapshot.subnets), 'subnet')} in {_count(len({item.zone for item in snapshot.subnets}), 'zone')}.",
        f"{_count(len(running), 'instance')} up in {_count(len({item.zone for item in running}), 'zone')}, "
        f"{snapshot.vcpus_used} of at most {snapshot.max_vcpu_count} vCPUs."
        if running
        else f"No instance is up; at most {snapshot.max_vcpu_count} vCPUs may be.",
    ]
    if leaving:
        words.append(f"{_count(leaving, 'instance')} shutting down.")
    words += [f"{item.name} is {item.state}: {item.environments}." for item in snapshot.versions]
    if not snapshot.versions:
        words.append("No function version is on it.")
    return " ".join(words)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _head(snapshot: Snapshot) -> str:
    cap = max(snapshot.max_vcpu_count, 1)
    share = min(1.0, snapshot.vcpus_used / cap)
    colour = "error" if share >= 1 else "brand"
    return (
        f"<p style='margin:0 0 .3em 0'><strong>{escape(snapshot.name)}</strong> · {_state(snapshot.state)} · "
        f"{escape(snapshot.architecture)} · vCPUs {snapshot.vcpus_used} / {snapshot.max_vcpu_count}</p>"
        f"<div aria-hidden='true' style='border:{BORDER};height:.7em;margin-bottom:.6em'>"
        f"<div style='width:{share:.0%};height:100%;background:var(--jp-{colour}-color1, currentColor)'></div></div>"
    )


def _state(state: str) -> str:
    sign = _SIGNS.get(state, "·")
    colour = _COLOURS.get(sign, "")
    mark = f"<span aria-hidden='true' style='color:var(--jp-{colour}-color1, inherit)'>{sign}</span> " if colour else ""
    return f"{mark}{escape(state)}"


def _zones(snapshot: Snapshot) -> str:
    boxes = "".join(_zone(zone, snapshot.subnets, snapshot.instances) for zone in snapshot.zones)
    return f"<div aria-hidden='true' style='display:flex;flex-wrap:wrap;gap:.6em'>{boxes}</div>"


def _zone(zone: str, subnets: Iterable[SubnetView], instances: Iterable[InstanceView]) -> str:
    mine = [item for item in subnets if item.zone == zone]
    inside = "".join(_subnet(item.subnet_id, instances) for item in mine)
    strays = [
        item for item in instances if item.zone == zone and item.subnet_id not in {each.subnet_id for each in mine}
    ]
    return (
        f"<div style='border:{BORDER};border-radius:.3em;padding:.5em;min-width:13em;flex:1'>"
        f"<div style='font-weight:600;margin-bottom:.3em'>{escape(zone or 'subnet is gone')}</div>"
        f"{inside}{''.join(map(_instance, strays))}</div>"
    )


def _subnet(subnet_id: str, instances: Iterable[InstanceView]) -> str:
    boxes = "".join(_instance(item) for item in instances if item.subnet_id == subnet_id)
    empty = "<div style='opacity:.8'>no instance</div>"
    return (
        "<div style='border:1px dashed var(--jp-border-color1, currentColor);padding:.4em;margin-top:.3em'>"
        f"<div style='font-size:90%'>{escape(subnet_id)}</div>{boxes or empty}</div>"
    )


def _instance(item: InstanceView) -> str:
    return (
        f"<div style='border:{BORDER};border-radius:.3em;padding:.3em;margin-top:.3em;"
        "background:var(--jp-layout-color2, transparent)'>"
        f"<strong>{escape(item.instance_type)}</strong> · {item.vcpus} vCPU<br>{_state(item.state)}<br>"
        f"<span style='font-size:85%'>{escape(item.instance_id)}</span></div>"
    )


def _versions(snapshot: Snapshot) -> str:
    boxes = "".join(
        f"<div style='border:{BORDER};border-radius:.3em;padding:.3em .5em'><strong>{escape(item.name)}</strong><br>"
        f"{_state(item.state)} · {escape(item.environments)}</div>"
        for item in snapshot.versions
    )
    return f"<div aria-hidden='true' style='display:flex;flex-wrap:wrap;gap:.6em;margin-top:.6em'>{boxes}</div>"


def _tables(snapshot: Snapshot) -> str:
    instances = [
        (item.zone, item.subnet_id, item.instance_id, item.instance_type, str(item.vcpus), item.state)
        for item in snapshot.instances
    ]
    versions = [(item.name, item.state, item.environments) for item in snapshot.versions]
    return (
        "<details><summary>As tables</summary>"
        + _table("Instances", ("Zone", "Subnet", "Instance", "Type", "vCPUs", "State"), instances)
        + _table("Versions", ("Version", "State", "Environments"), versions)
        + "</details>"
    )


def _table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th scope='col' {_CELL}>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td {_CELL}>{escape(value)}</td>' for value in row)}</tr>" for row in rows)
    none = f"<tr><td colspan='{len(columns)}' {_CELL}>none</td></tr>"
    return (
        f"<table style='border-collapse:collapse;margin:.5em 0;color:inherit;font-size:inherit'><caption style='text-align:left'>{escape(title)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body or none}</tbody></table>"
    )
