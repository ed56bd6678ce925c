"""Templates: read, SAM translated, checked, and their resources in the order in which they can be made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml
from boto3 import Session
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import Stack
from moto.iam.models import iam_backends
from moto.ssm.models import ssm_backends
from moto.utilities.utils import get_partition

from moto_lmi import facts
from moto_lmi.cloudformation.properties import BY_TYPE

_SAM = "AWS::Serverless-2016-10-31"
_SUBSTITUTE = re.compile(r"\$\{([^!}.]+)[^}]*\}")
_CDK_METADATA = "AWS::CDK::Metadata"


def prepared(text: str, parameters: Mapping[str, Any], account_id: str, region: str) -> str:
    """The template as JSON, with SAM translated and what only the CDK's own command reads taken out.

    Raises ValidationError, with the place, for a text that is no template, an unknown property or a reference to
    nothing. Changes nothing.
    """
    template = _read(text)
    transforms = template.get("Transform", [])
    if _SAM in (transforms if isinstance(transforms, list) else [transforms]):
        template = _translated(template, parameters, account_id, region)
    _leave_out_cdk(template, account_id, region)
    check(template)
    return json.dumps(template, default=str)


def _read(text: str) -> dict[str, Any]:
    try:
        template = Stack.parse_template(text)
    except (yaml.YAMLError, ValueError) as error:
        raise ValidationError(message=f"Template format error: this is neither YAML nor JSON. {error}") from error
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict) or not template["Resources"]:
        raise ValidationError(message="Template format error: At least one Resources member must be defined.")
    for name, resource in template["Resources"].items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise ValidationError(
                message=f"Template format error: [/Resources/{name}] Every Resources object must contain a Type member."
            )
    return template


def _translated(
    template: dict[str, Any], parameters: Mapping[str, Any], account_id: str, region: str
) -> dict[str, Any]:
    try:
        from samtranslator.model.exceptions import InvalidDocumentException  # type: ignore[import-untyped]
        from samtranslator.parser.parser import Parser  # type: ignore[import-untyped]
        from samtranslator.translator.translator import Translator  # type: ignore[import-untyped]
    except ImportError as error:
        raise ValidationError(message=facts.ours("cfn_no_sam").message) from error
    managed = iam_backends[account_id][get_partition(region)].managed_policies.values()
    arns = {policy.name: policy.arn for policy in managed}
    try:
        translated: dict[str, Any] = Translator(arns, Parser(), boto_session=Session(region_name=region)).translate(
            json.loads(json.dumps(template, default=str)), dict(parameters)
        )
    except InvalidDocumentException as error:
        causes = "; ".join(cause.message for cause in error.causes)
        raise ValidationError(message=f"Transform {_SAM} failed with: {error.message} {causes}") from error
    translated.pop("Transform", None)
    return translated


def _leave_out_cdk(template: dict[str, Any], account_id: str, region: str) -> None:
    """Take out the CDK's metadata, and its check for a bootstrapped account where there is none."""
    resources = template["Resources"]
    for name in [name for name, item in resources.items() if item["Type"] == _CDK_METADATA]:
        del resources[name]
    version = template.get("Parameters", {}).get("BootstrapVersion")
    if version and str(version.get("Type", "")).startswith("AWS::SSM::Parameter"):
        known = ssm_backends[account_id][region].get_parameter(version.get("Default", ""))
        if known is None:
            del template["Parameters"]["BootstrapVersion"]
            template.get("Rules", {}).pop("CheckBootstrapVersion", None)


def check(template: Mapping[str, Any]) -> None:
    """Refuse properties that Lambda's resource types don't have, and references to resources that aren't there."""
    for name, resource in template["Resources"].items():
        known = BY_TYPE.get(resource["Type"])
        problems = list(known.problems(resource.get("Properties", {}))) if known else []
        if problems:
            sentence = facts.ours("cfn_properties").format(resource=name, problems="; ".join(problems))
            raise ValidationError(message=sentence.message)
    names = set(template["Resources"])
    known_names = names | set(template.get("Parameters", {})) | set(template.get("Mappings", {}))
    used = {target for item in template["Resources"].values() for target in references(item)}
    missing = sorted(target for target in used if target not in known_names and not target.startswith("AWS::"))
    missing += sorted({target for item in template["Resources"].values() for target in _depends_on(item)} - names)
    if missing:
        raise ValidationError(
            message=f"Template format error: Unresolved resource dependencies [{', '.join(missing)}] "
            "in the Resources block of the template"
        )
    in_order(template)


def in_order(template: Mapping[str, Any]) -> list[str]:
    """The logical names of the resources, each after those that it refers to. Raises ValidationError for a circle."""
    resources = template.get("Resources", {})
    ordered: list[str] = []
    path: list[str] = []

    def visit(name: str) -> None:
        if name in ordered or name not in resources:
            return
        if name in path:
            circle = ", ".join(path[path.index(name) :])
            raise ValidationError(message=f"Circular dependency between resources: [{circle}]")
        path.append(name)
        for target in sorted({*_depends_on(resources[name]), *references(resources[name])}):
            visit(target)
        path.pop()
        ordered.append(name)

    for name in resources:
        visit(name)
    return ordered


def _depends_on(resource: Mapping[str, Any]) -> list[str]:
    targets = resource.get("DependsOn", [])
    return [targets] if isinstance(targets, str) else list(targets)


def references(value: Any) -> Iterator[str]:
    """The names that Ref, Fn::GetAtt and Fn::Sub in the value speak of, parameters among them."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
        return
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if key == "Ref" and isinstance(item, str):
            yield item
        elif key == "Fn::GetAtt":
            yield (item if isinstance(item, str) else str(item[0])).split(".", maxsplit=1)[0]
        elif key == "Fn::Sub":
            text, own = (item, {}) if isinstance(item, str) else item
            yield from (name for name in _SUBSTITUTE.findall(text) if name not in own)
            yield from references(own)
        else:
            yield from references(item)
