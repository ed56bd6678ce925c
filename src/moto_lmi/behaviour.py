"""Switches for what real accounts do and tests rarely want, and for what AWS leaves open; one set per account."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Behaviour:
    """How the emulator behaves where there is a choice."""

    iam_propagation: bool = False
    """Refuse an operator role that was created seconds ago, as real accounts do (13-23 virtual seconds)."""

    rate_limits: bool = False
    """Refuse provider writes beyond 1 a second and reads beyond 15 a second of virtual time."""

    enforce_iam: bool = False
    """Refuse Lambda operations that the caller's policies don't allow, and launches with a key that is out of reach."""

    scale_to_zero: bool = False
    """Accept MinExecutionEnvironments 0 with a maximum above 0, as the newest guide pages say for GPU functions."""

    gpu_scaling: bool = False
    """Let GPU utilisation be a third signal for functions with an AcceleratorConfig, whose requests then share the GPU."""

    start_at_publish: bool = False
    """Start a version's real processes when it is published: it becomes Active when they are up, and Failed with a
    FunctionError reason code when their initialization fails. Otherwise they start with the first invocation."""

    docker: bool = False
    """Run functions of default Lambda in moto's Docker containers instead of the emulator's own execution environments."""

    subnet_gives_public_ip: bool = True
    """Instances in a subnet with MapPublicIpOnLaunch have a public IPv4 address; off: managed instances never have one."""

    services_over_ipv6: bool = True
    """AWS services and hosts are reached over IPv6 where IPv4 has no way and the subnet has an IPv6 block."""

    wide_ephemeral_ports: bool = True
    """Answers come back on ports 1024-65535, as for Lambda functions; off: on Linux's 32768-61000."""

    endpoint_needs_every_zone: bool = False
    """An interface endpoint counts as reached only if its interfaces in all its subnets are; off: one is enough."""

    unseen_network_is_open: bool = True
    """What describe calls do not show (another account's VPC, a virtual private gateway, an appliance) lets packets through."""

    calls_need_a_way: bool = True
    """What functions on a capacity provider call is answered only where their instance has a way to the service; off: always."""


ALL: dict[str, Behaviour] = {}
_DEFAULT = Behaviour()


def behaviour_of(account_id: str) -> Behaviour:
    """The switches of the account."""
    return ALL.get(account_id, _DEFAULT)


def set_behaviour(account_id: str, **switches: object) -> Behaviour:
    """Set the named switches of the account and return the whole set.

    Raises ValueError for a switch that does not exist or a value that is not a boolean.
    """
    known = {field.name for field in fields(Behaviour)}
    for name, value in switches.items():
        if name not in known:
            raise ValueError(f"there is no switch {name!r}; there are {', '.join(sorted(known))}")
        if not isinstance(value, bool):
            raise ValueError(f"switch {name!r} takes true or false, not {value!r}")
    ALL[account_id] = replace(behaviour_of(account_id), **switches)  # type: ignore[arg-type]
    return ALL[account_id]


def reset_behaviour() -> None:
    """Put every account's switches back to the defaults."""
    ALL.clear()
