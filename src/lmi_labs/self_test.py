"""The questions of the self-test before the course: typed, bounded, on what the course builds on."""

from __future__ import annotations

from dataclasses import dataclass

from lmi_labs.tables import Table

__all__ = ["QUESTIONS", "Question", "questions"]


@dataclass(frozen=True)
class Question:
    """One question; `wanted` says what kind of answer there is."""

    id: str
    text: str
    wanted: str


QUESTIONS = (
    Question("L1", "How many requests does one execution environment of default Lambda serve at a time?", "a number"),
    Question(
        "L2",
        "A function with 512 MB runs for 200 ms, a million times a month. How many GB-seconds is that?",
        "a number",
    ),
    Question(
        "L3",
        "Where does a connection to a database have to be opened, so that later requests in the same environment find it open?",
        '"init" or "handler"',
    ),
    Question(
        "E1",
        "The route table of a subnet has nothing but its local route. Does an HTTPS request from there reach the internet?",
        '"yes" or "no"',
    ),
    Question(
        "E2",
        "A security group has no inbound rule and lets everything out. Does the answer to a request that was sent come back in?",
        '"yes" or "no"',
    ),
    Question("E3", "Which policy of a role says who may take it on?", '"trust" or "permissions"'),
    Question("E4", "In which log group are the logs of a function named orders, if nobody chose another?", "its name"),
    Question(
        "M1",
        "You committed to ten instances at 30 % off their price of $0.10 an hour. Six run. What does this hour cost, in dollars?",
        "a number",
    ),
    Question(
        "M2",
        "Which of these also lowers what default Lambda costs: a Compute Savings Plan, an EC2 Instance Savings Plan, a Reserved Instance?",
        '"compute", "instance" or "reserved"',
    ),
)
"""L: the Lambda programming model. E: EC2, VPC, IAM and logs. M: Savings Plans and Reserved Instances."""


def questions() -> Table:
    """The questions as a table."""
    rows = [(item.id, item.text, item.wanted) for item in QUESTIONS]
    return Table("The self-test", ("Question", "", "Answer"), rows)
