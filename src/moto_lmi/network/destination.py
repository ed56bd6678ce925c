"""What is to be reached: an AWS service, an address or host on the internet, or a resource in a VPC."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import ip_address

from botocore.session import Session

# Services whose endpoint is named otherwise than their boto3 client.
_ENDPOINT_NAMES = {
    "cloudwatch": "monitoring",
    "kinesis": "kinesis-streams",
    "firehose": "kinesis-firehose",
    "stepfunctions": "states",
    "apigateway": "execute-api",
    "ecr": "ecr.api",
    "cassandra": "cassandra",
    "opensearch": "es",
}
# What has an endpoint, but no client of that name.
_ENDPOINTS_ONLY = ("ecr.api", "ecr.dkr", "execute-api", "kinesis-firehose", "kinesis-streams", "monitoring", "states")
_GATEWAY_SERVICES = ("s3", "dynamodb")
# Names that resolve to addresses within somebody's VPC, which no EC2 describe call tells.
_PRIVATE_SERVICES = ("rds", "cache", "docdb", "neptune", "redshift", "es", "elb", "efs")
_HTTPS = 443
_RESOURCE = re.compile(r"(i|eni)-[0-9a-f]+")
_AWS_HOST = re.compile(
    r"(?:.+\.)?(?P<service>[a-z][a-z0-9-]*)\.(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?"
)
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?")


class NetworkError(ValueError):
    """The question can't be answered as it was put; the message names the value, the rule and the fix."""


@dataclass(frozen=True)
class Service:
    """An AWS service of a Region by the name of its endpoint, such as `logs`; None is the Region that is looked at.

    `action` is the call that an endpoint's policy must allow, such as `logs:PutLogEvents`; None asks whether it allows
    anything of the service.
    """

    name: str
    region: str | None = None
    action: str | None = None
    port: int = _HTTPS

    def __str__(self) -> str:
        return self.name if self.region is None else f"{self.name} in {self.region}"

    @property
    def action_prefix(self) -> str:
        """What IAM's actions of the service begin with."""
        return {"monitoring": "cloudwatch", "kinesis-streams": "kinesis", "kinesis-firehose": "firehose"}.get(
            self.name, self.name.split(".")[0]
        )

    @property
    def has_gateway(self) -> bool:
        """Whether gateway endpoints exist for the service."""
        return self.name in _GATEWAY_SERVICES


@dataclass(frozen=True)
class Address:
    """An IP address and a port, in a VPC or on the internet."""

    address: str
    port: int = _HTTPS

    def __str__(self) -> str:
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"


@dataclass(frozen=True)
class Host:
    """A host's name and a port; the name is resolved only as far as EC2's describe calls tell it."""

    name: str
    port: int = _HTTPS

    def __str__(self) -> str:
        return f"{self.name}:{self.port}"


@dataclass(frozen=True)
class Resource:
    """An instance or a network interface by its id, and a port."""

    resource_id: str
    port: int = _HTTPS

    def __str__(self) -> str:
        return f"{self.resource_id}:{self.port}"


Destination = Service | Address | Host | Resource


def destination(text: str, port: int | None = None, action: str | None = None) -> Destination:
    """Read a destination: `logs`, `https://example.com`, `example.com:5432`, `10.0.1.4:5432`, `i-…`, `eni-…`.

    A port in the text or the scheme's wins over `port`; without any it is 443. Raises NetworkError.
    """
    rest = text.strip()
    scheme, _, after = rest.rpartition("://")
    if scheme:
        if scheme not in ("http", "https"):
            raise NetworkError(f"{text!r} has the scheme {scheme!r}; only http and https are known: give host:port")
        rest = after.split("/", 1)[0]
        port = port or (80 if scheme == "http" else _HTTPS)
    rest, port = _without_port(text, rest, port or _HTTPS)
    if _is_address(rest):
        return Address(str(ip_address(rest)), port)
    if _RESOURCE.fullmatch(rest):
        return Resource(rest, port)
    name = rest.lower()
    if ".amazonaws.com" in name and set(name.split(".")[1:]) & set(_PRIVATE_SERVICES):
        raise NetworkError(
            f"{text!r} resolves to an address within a VPC, which EC2 does not tell: give that address, as in 10.0.1.4:5432"
        )
    if aws := _AWS_HOST.fullmatch(name):
        return Service(_endpoint_name(aws["service"]), aws["region"], action, port)
    if "." in name and name not in _ENDPOINTS_ONLY and not name.startswith("com.amazonaws."):
        if not _HOST.fullmatch(name):
            raise NetworkError(
                f"{text!r} is no host name: give a service, a host, an address or an id, with :port if need be"
            )
        return Host(name, port)
    return service(name, action, port)


def service(name: str, action: str | None = None, port: int = _HTTPS) -> Service:
    """The service with the name of a boto3 client or of an endpoint, in the Region that is looked at.

    Raises NetworkError for a name that is neither, with the nearest one.
    """
    endpoint = re.match(r"com\.amazonaws\.(?P<region>[a-z0-9-]+)\.(?P<service>.+)", name)
    if endpoint:
        return Service(endpoint["service"], endpoint["region"], action, port)
    if name not in _known_services():
        near = difflib.get_close_matches(name, _known_services(), n=1)
        hint = f"; did you mean {near[0]!r}?" if near else "."
        raise NetworkError(
            f"{name!r} is no AWS service, host, address, instance or network interface that is known{hint} "
            "Services are named as in boto3, such as logs, s3, dynamodb, sqs."
        )
    return Service(_endpoint_name(name), None, action, port)


def signed_for(name: str, region: str, own_region: str) -> Service:
    """The service that a request is for, by the name and the Region in its signature's scope; `own_region` is looked at."""
    try:
        found = service(name)
    except NetworkError:  # it signs by a name of its own, which as a rule is its endpoint's
        found = Service(name)
    return found if region == own_region else replace(found, region=region)


def _endpoint_name(name: str) -> str:
    return _ENDPOINT_NAMES.get(name, name)


@cache
def _known_services() -> frozenset[str]:
    return frozenset((*Session().get_available_services(), *_ENDPOINTS_ONLY))


def _without_port(text: str, rest: str, port: int) -> tuple[str, int]:
    if rest.startswith("["):
        rest, _, tail = rest[1:].partition("]")
        digits = tail.removeprefix(":")
    elif rest.count(":") == 1:
        rest, _, digits = rest.partition(":")
        if not digits:
            raise NetworkError(f"{text!r} ends in a colon without a port")
    else:
        digits = ""
    if digits:
        if not (digits.isdecimal() and len(digits) < 6):
            raise NetworkError(f"{text!r} has the port {digits!r}; ports are whole numbers from 1 to 65535")
        port = int(digits)
    if not 1 <= port <= 65535:
        raise NetworkError(f"{text!r} has the port {port}; ports are whole numbers from 1 to 65535")
    return rest, port


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
