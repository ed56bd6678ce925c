"""Lab 52 as a learner does it: JupyterLab, every answer right, Validate, a kernel restart."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lmi_labs.tasks import tasks_of
from tests.browser.jupyter import Notebook
from tests.browser.labs import answered_lab, scores

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What stands in the account, asked through plain boto3; one line of JSON.
PROBE = """\
import boto3, json
ec2, shown = boto3.client("ec2"), ["pending", "running"]
hosts = ec2.describe_instances(
    IncludeManagedResources=True, Filters=[{"Name": "instance-state-name", "Values": shown}]
)["Reservations"]
print(json.dumps({
    "vpcs": sorted(v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if not v["IsDefault"]),
    "roles": sorted(r["RoleName"] for r in boto3.client("iam").list_roles()["Roles"]),
    "providers": [p["CapacityProviderArn"] for p in boto3.client("lambda").list_capacity_providers()["CapacityProviders"]],
    "instances": sorted(i["InstanceId"] for r in hosts for i in r["Instances"]),
}))"""


@pytest.fixture
def lab(page: Page, tmp_path: Path) -> Iterator[Notebook]:
    """The answered lab."""
    with answered_lab("day52_capacity_providers", page, tmp_path) as notebook:
        yield notebook


def test_the_whole_lab(lab: Notebook) -> None:
    """Every task gets full marks, says so accessibly, and Validate says success."""
    lab.run_all()
    assert scores(lab) == {task.id: task.points for task in tasks_of(52)}

    feedback = lab.panel.locator("section[role=status]")
    expect(feedback).to_have_count(len(tasks_of(52)))
    for index in range(feedback.count()):
        # The outcome is said in words and named for a screen reader, not by colour alone.
        expect(feedback.nth(index)).to_contain_text("Passed")
        assert re.search(r"task 52\.\d\d", feedback.nth(index).get_attribute("aria-label") or "")

    assert "Success!" in lab.validate()


def test_the_account_outlives_the_kernel(lab: Notebook, take_picture: Callable[[str], Path]) -> None:
    """Half way through, with a version Active, a restart of the kernel loses nothing that stands in the account."""
    lab.run_up_to('lab.check("52.10")')
    view = lab.panel.locator(".jp-CodeCell", has_text="provider_view(lab, NAME)").last
    view.scroll_into_view_if_needed()
    take_picture("lab52")
    before = json.loads(lab.run_new_cell(PROBE))
    assert before["vpcs"]
    assert before["roles"]
    assert before["providers"]
    assert len(before["instances"]) == 3
    lab.restart_kernel()
    # Only the cell that finds the account is run again.
    lab.run_first_code_cell()
    assert json.loads(lab.run_new_cell(PROBE)) == before
    # And the lab goes on from there: run from the top in the new kernel, it finds what it has made.
    lab.run_all()
    assert scores(lab) == {task.id: task.points for task in tasks_of(52)}


def test_a_wrong_answer_is_told_what_is_wrong(lab: Notebook, take_picture: Callable[[str], Path]) -> None:
    """With the keyboard alone a learner checks a task too early and reads what to do next."""
    lab.run_first_code_cell()
    said = lab.run_new_cell('lab.check("52.01")')
    assert "Not yet" in said
    assert "Next step" in said
    link = lab.cells.last.locator("section[role=status] a")
    expect(link).to_have_attribute("href", re.compile("/labs/day52/#"))
    link.focus()
    expect(link).to_be_focused()
    address = link.get_attribute("href")
    assert address is not None
    assert link.page.request.get(address).ok
    take_picture("lab52-not-yet")
