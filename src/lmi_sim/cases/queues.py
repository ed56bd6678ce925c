"""Cases of queueing: the closed forms of `lmi_sim.queueing`, by the names that textbooks use.

`lam` is arrivals per second, `S` the mean service time in seconds, `c` the number of servers.
"""

from __future__ import annotations

import math

from lmi_sim import queueing
from lmi_sim.cases.inputs import Inputs

__all__ = ["closed", "littles_law", "loss", "multi_server", "saturation", "sharing", "single_server"]

_DISTRIBUTIONS = {
    "exp": "exponential",
    "exponential": "exponential",
    "det": "deterministic",
    "deterministic": "deterministic",
    "constant": "deterministic",
    "const": "deterministic",
    "lognormal": "lognormal",
    "log-normal": "lognormal",
    # Only their coefficient of variation counts, and it must be given.
    **dict.fromkeys(("general", "gamma", "erlang", "weibull", "pareto", "uniform", "normal"), "general"),
    **dict.fromkeys(("hyperexponential", "hyperexp", "h2"), "general"),
}


def _distribution(inputs: Inputs, default: str) -> str:
    return inputs.choice("dist", _DISTRIBUTIONS, default)


def loss(inputs: Inputs) -> dict[str, object]:
    """M/M/c/c: `p_block`, `mean_busy`, `util`; any distribution of service times gives the same."""
    _distribution(inputs, "exponential")
    if "offered" in inputs:
        offered = inputs.number("offered")
    else:
        offered = queueing.mean_concurrency(inputs.number("lam"), inputs.number("S"))
    system = queueing.loss_system(offered, inputs.whole("c"))
    return {"p_block": system.blocking_probability, "mean_busy": system.mean_busy, "util": system.utilisation}


def multi_server(inputs: Inputs) -> dict[str, object]:
    """M/M/c: as `single_server`, and quantiles of the wait."""
    if _distribution(inputs, "exponential") != "exponential":
        raise ValueError(f"M/M/c has exponential service, not {inputs.word('dist')}; M/G/1 takes others")
    queueing.coefficient_of_variation("exponential", inputs.number("cv", 1.0))
    rate = inputs.number("lam")
    queue = queueing.multi_server(rate, inputs.number("S"), inputs.whole("c"))
    quantiles = {f"p{percent}_wait_s": queue.wait_quantile_s(percent / 100) for percent in (50, 95, 99)}
    return {**_means(queue, rate), **quantiles}


def single_server(inputs: Inputs) -> dict[str, object]:
    """M/G/1: `p_wait`, `mean_wait_s`, `mean_sojourn_s`, `util`, `mean_in_system` and `mean_in_queue`.

    Service times vary as `dist` or `cv` says; M/D/1 is deterministic.
    """
    rate, always = inputs.number("lam"), inputs.word("model").upper().startswith("M/D")
    variation = inputs.number("cv") if "cv" in inputs else None
    if always and _distribution(inputs, "deterministic") != "deterministic":
        raise ValueError(f"M/D/1 has deterministic service, not {inputs.word('dist')}; M/G/1 takes others")
    if always or "dist" in inputs:
        variation = queueing.coefficient_of_variation(_distribution(inputs, "deterministic"), variation)
    if variation is None:
        raise ValueError("M/G/1 needs dist or cv, which say how service times vary")
    return _means(queueing.single_server(rate, inputs.number("S"), variation), rate)


def _means(queue: queueing.MultiServer | queueing.SingleServer, rate: float) -> dict[str, object]:
    return {
        "p_wait": queue.waiting_probability,
        "mean_wait_s": queue.mean_wait_s,
        "mean_sojourn_s": queue.mean_sojourn_s,
        "util": queue.utilisation,
        "mean_in_system": queue.mean_in_system,
        "mean_in_queue": queueing.mean_concurrency(rate, queue.mean_wait_s),
    }


def sharing(inputs: Inputs) -> dict[str, object]:
    """M/G/1-PS: `mean_sojourn_s`, `slowdown`, `util`, `mean_in_system`; any distribution gives the same."""
    _distribution(inputs, "exponential")
    rate, service = inputs.number("lam"), inputs.number("cpu_s" if "cpu_s" in inputs else "S")
    system = queueing.processor_sharing(rate, service)
    answers: dict[str, object] = {
        "mean_sojourn_s": system.mean_sojourn_s,
        "slowdown": system.slowdown,
        "util": system.utilisation,
        "mean_in_system": system.mean_in_system,
    }
    if "job_x_s" in inputs:
        answers["mean_sojourn_given_x"] = queueing.processor_sharing_sojourn(rate, service, inputs.number("job_x_s"))
    return answers


def closed(inputs: Inputs) -> dict[str, object]:
    """Environments that are always full: `throughput_rps`, `mean_cpu_residence_s`, `cpu_util`, and `max_rps`, its bound.

    `slots` (or `max_concurrency`) are those of one of `ee` environments; `vcpu` are those of all, one each by default,
    or `ee_vcpu` those of one.
    """
    environments = inputs.whole("ee", 1)
    vcpus = inputs.whole("vcpu", environments * inputs.whole("ee_vcpu", 1))
    if environments < 1 or vcpus % environments:
        raise ValueError(f"vcpu {vcpus} must be a multiple of the environments, {environments}: it is their total")
    slots = inputs.whole("slots" if "slots" in inputs else "max_concurrency")
    io_s, cpu_s = inputs.number("io_s"), inputs.number("cpu_s")
    one = queueing.closed_network(slots, io_s, cpu_s, vcpus // environments)
    return {
        "throughput_rps": environments * one.throughput_rps,
        "mean_cpu_residence_s": one.mean_cpu_residence_s,
        "mean_sojourn_s": io_s + one.mean_cpu_residence_s,
        "cpu_util": one.cpu_utilisation,
        "max_rps": queueing.saturation_rps(slots=environments * slots, held_s=io_s + cpu_s, vcpus=vcpus, cpu_s=cpu_s),
    }


def saturation(inputs: Inputs) -> dict[str, object]:
    """What slots and vCPUs carry at most: `max_rps`, the lower of the two bounds.

    A slot is held for `service_s`, of which `cpu_s` is on a vCPU. `vcpu` are those of all environments, one each by
    default, or `ee_vcpu` those of one.
    """
    cpu_s, service_s = inputs.number("cpu_s", 0), inputs.number("service_s", 0)
    if "service_s" in inputs and cpu_s > service_s:
        raise ValueError(f"cpu_s {cpu_s:g} is a part of service_s {service_s:g} and can't be more")
    slots = None
    if "slots" in inputs:
        slots = inputs.whole("slots")
    elif "max_concurrency" in inputs:
        slots = inputs.whole("ee", 1) * inputs.whole("max_concurrency")
    vcpus = inputs.number("vcpu", inputs.whole("ee", 1) * inputs.number("ee_vcpu", 1))
    if vcpus < inputs.whole("ee", 0):
        raise ValueError(f"vcpu {vcpus:g} is the total and less than one for each of {inputs.whole('ee')}; say ee_vcpu")
    most = queueing.saturation_rps(slots=slots, held_s=service_s, vcpus=vcpus, cpu_s=cpu_s)
    if math.isinf(most):
        raise ValueError("nothing limits requests that take no time: service_s and cpu_s are both 0")
    return {"max_rps": most}


def littles_law(inputs: Inputs) -> dict[str, object]:
    """Little's law: whichever of `mean_concurrency`, `lam` and `mean_latency_s` isn't given, and all three."""
    if "lam" in inputs and "mean_latency_s" in inputs:
        rate, latency = inputs.number("lam"), inputs.number("mean_latency_s")
    elif "lam" in inputs:
        rate = inputs.number("lam")
        latency = inputs.number("mean_concurrency") / _above_zero("lam", rate)
    else:
        latency = inputs.number("mean_latency_s")
        rate = inputs.number("mean_concurrency") / _above_zero("mean_latency_s", latency)
    return {
        "mean_concurrency": queueing.mean_concurrency(rate, latency),
        "lam": rate,
        "mean_latency_s": latency,
    }


def _above_zero(name: str, value: float) -> float:
    if value == 0:
        raise ValueError(f"{name} must be above 0")
    return value
