"""Verdicts as Markdown."""

from __future__ import annotations

from moto_lmi.network.verdict import ProviderVerdict, Verdict


def markdown(verdict: ProviderVerdict) -> str:
    """The verdict with the hops of each subnet, what blocks it, what would help, and what was assumed."""
    parts = [f"**{verdict.sentence}**"]
    parts += [_subnet(item) for item in verdict.verdicts]
    return "\n\n".join(parts) + "\n"


def _subnet(verdict: Verdict) -> str:
    way = str(verdict.path) if verdict.reachable else "blocked"
    lines = [f"### {verdict.subnet_id} ({verdict.zone}): {way}", ""]
    lines += [f"{number}. {hop.kind} `{hop.resource}`: {hop.says}" for number, hop in enumerate(verdict.hops, 1)]
    if verdict.blocking is not None:
        blocking = verdict.blocking
        sentence = blocking.sentence[0].upper() + blocking.sentence[1:]
        lines.append(f"{len(verdict.hops) + 1}. **Blocked** at `{blocking.resource}`: {sentence}")
        lines += ["", f"What helps: {blocking.fix}"]
        if blocking.source != "model":
            lines.append(f"See <{blocking.source}>.")
    if verdict.assumptions:
        lines += ["", "Assumed:", "", *(f"- {sentence}" for sentence in verdict.assumptions)]
    return "\n".join(lines)
