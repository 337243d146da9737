import re
import shutil

import pytest
from conftest import AIRLINE, ROOT

from usersim_opt.basics.errors import DatasetError
from usersim_opt.scenarios.authoring.lint import lint_dataset
from usersim_opt.scenarios.authoring.rules.coverage import Counts, Targets
from usersim_opt.scenarios.dataset import load_dataset

FEW = ROOT / "tests" / "corpus" / "first_form"
STUDY = Targets(scenarios_per_dimension=8, criteria=611, check_share=0.45)


def found_in(folder, targets=STUDY):
    """The messages of loader and linter for a folder."""
    try:
        return [str(fault) for fault in lint_dataset(load_dataset(folder), targets)]
    except DatasetError as error:
        return [str(error)]


@pytest.fixture(scope="module")
def few(tmp_path_factory):
    """Four tasks with scenarios of the first form: quick to read forty times."""
    folder = tmp_path_factory.mktemp("copy") / "airline"
    return shutil.copytree(FEW, folder)


def test_the_few_have_no_fault_before_one_is_made(few):
    assert len(load_dataset(few).scenarios) == 20
    assert found_in(few, Targets()) == []


BROKEN = [
    # file, pattern, replacement, what the message names
    ("scenarios/001.3.yaml", r'id: "001.3"', 'id: "001.9"', "scenarios/001.3.yaml: id"),
    (
        "scenarios/001.3.yaml",
        r"type: wrong_assumption",
        "type: initial_request",
        "history: 3 agent turns; initial_request needs 1 to 1",
    ),
    (
        "scenarios/001.3.yaml",
        r"type: wrong_assumption",
        "typ: wrong_assumption",
        "typ: is no field here, did you mean 'type'?",
    ),
    (
        "scenarios/001.3.yaml",
        r"stresses: \[clarification\]",
        "stresses: [clarifying]",
        "001.3.yaml: stresses: 'clarifying' is not known",
    ),
    (
        "scenarios/001.3.yaml",
        r"stresses: \[clarification\]",
        "stresses: [clarification, guard]",
        "stresses: no criterion is of the family guard",
    ),
    (
        "scenarios/001.3.yaml",
        (
            r"  - agent: Sure\. Which date would you like to travel on\?\n  - customer: "
            r"thursday june 12\n"
        ),
        "",
        "history: 2 agent turns",
    ),
    (
        "scenarios/001.3.yaml",
        r"  - customer: thursday june 12\n",
        "",
        "history[3]: the second agent turn in a row",
    ),
    (
        "scenarios/001.3.yaml",
        r"customer: thursday june 12",
        "agnt: thursday june 12",
        "history.3.role",
    ),
    (
        "scenarios/001.3.yaml",
        r"customer: thursday june 12",
        'customer: "###STOP###"',
        "history[3]: the customer has ended the conversation",
    ),
    (
        "scenarios/001.3.yaml",
        r"boston flight, K3VQ8T",
        "boston flight, K3VQ8Y",
        "history[1]: 'K3VQ8Y' is nearly 'K3VQ8T'",
    ),
    (
        "scenarios/001.3.yaml",
        r"boston flight, K3VQ8T",
        "boston flight, ZZ99AA",
        "history[1]: 'ZZ99AA' is in neither the story",
    ),
    (
        "scenarios/001.3.yaml",
        r"customer: thursday june 12",
        "customer: thursday june 333",
        "history[3]: '333' is in neither the story",
    ),
    (
        "scenarios/001.3.yaml",
        r"customer: want to change my boston flight",
        "customer: want to change my flight to Denver",
        "history[1]: 'Denver' is in neither the story",
    ),
    (
        "scenarios/001.3.yaml",
        r"id: no_new_plan",
        "id: does_not_agree",
        "'does_not_agree' is used twice",
    ),
    ("scenarios/001.3.yaml", r"id: no_new_plan", "id: No New Plan", "criteria.2.id"),
    (
        "scenarios/001.3.yaml",
        r"dimension: error_reaction\.pivot_behavior",
        "dimension: error_reaction.pivoting",
        "criteria: dimension: 'error_reaction.pivoting' is not known",
    ),
    (
        "scenarios/001.3.yaml",
        r"The reply does not offer another date for the flight to Boston",
        "The reply offers no date and also thanks nobody",
        "criteria.no_new_plan.text: asks for two behaviours",
    ),
    (
        "scenarios/001.3.yaml",
        r"The reply does not offer another date for the flight to Boston",
        "The reply follows the private story of the task",
        "criteria.no_new_plan.text: speaks of what the customer does not see",
    ),
    (
        "scenarios/001.3.yaml",
        r"The reply does not offer another date for the flight to Boston",
        "The reply does not offer " + "Friday or " * 60,
        "criteria.no_new_plan.text: has",
    ),
    (
        "scenarios/001.3.yaml",
        r"The reply does not offer another date for the flight to Boston",
        "The reply does not offer Tuesday to Halvard",
        "criteria.no_new_plan: 'Halvard' is in neither",
    ),
    (
        "scenarios/001.3.yaml",
        r"check: \{none_of: \[friday",
        "check: {none_off: [friday",
        "unknown kind 'none_off'",
    ),
    (
        "scenarios/001.3.yaml",
        r"check: \{none_of: \[friday",
        "check: {none_of: [thursday, return",
        "examples.pass[0]: the check of 'no_new_plan' should pass",
    ),
    (
        "scenarios/001.3.yaml",
        r"check: \{none_of: \[friday[^\n]*",
        "check: {none_of: [saturday]}",
        "examples.fail: the check of 'no_new_plan' should fail",
    ),
    (
        "scenarios/001.3.yaml",
        r"check: \{none_of: \[friday[^\n]*",
        "check: {none_of: [K3VQ8T, ines_duarte_4417]}",
        "is the check of 'no_new_plan'",
    ),
    (
        "scenarios/001.3.yaml",
        r"fails: \[does_not_agree, points_at_the_flight, no_new_plan\]",
        "fails: [does_not_agree, points_at_the_flight]",
        "the check of 'no_new_plan' should pass",
    ),
    (
        "scenarios/001.3.yaml",
        r"fails: \[does_not_agree",
        "fails: [agrees",
        "'agrees', which is no criterion",
    ),
    (
        "scenarios/001.3.yaml",
        r"    - no, the outbound\. return stays june 19\n",
        "",
        "examples.pass: 1 different replies",
    ),
    (
        "scenarios/001.3.yaml",
        r"    - no, the outbound\. return stays june 19\n",
        "    - that really is the wrong way round, because i fly out to boston on that day\n",
        "examples.pass: no reply has 10 words or fewer",
    ),
    (
        "scenarios/001.3.yaml",
        r"examples:",
        "example:",
        "example: is no field here, did you mean 'examples'?",
    ),
    ("scenarios/001.3.yaml", r"history:\n", "history:\n  - &greeting\n", "aliases and anchors"),
    (
        "scenarios/001.2.yaml",
        r"text: The reply is not laid out as a list[^\n]*",
        (
            "text: The reservation code does not come together with the user id; either alone "
            "will do, and so will a reply without either."
        ),
        "criteria.no_form_filling: says nearly the same as 'one_way_to_find_it'",
    ),
    ("tasks/001.yaml", r"story:", "tale:", "tale: is no field here"),
    ("tasks/001.yaml", r"K3VQ8T", "K3VQ8X", "'K3VQ8T' is nearly 'K3VQ8X'"),
    (
        "tasks/012.yaml",
        r"P2LF4X",
        "K3VQ8T",
        "tasks/012.yaml: code: 'K3VQ8T' stands in tasks 001, 012",
    ),
    (
        "tasks/012.yaml",
        r"nadia_haddad_9035",
        "ines_haddad_9035",
        "name: 'Ines' stands in tasks 001, 012",
    ),
    (
        "tasks/012.yaml",
        r"You are stressed",
        "You booked one checked bag, but you are not sure, and you are stressed",
        "phrase: ",
    ),
    ("splits.yaml", r'"050"', '"049"', "'049' stands in train, too"),
    ("splits.yaml", r'smoke: \["012"', 'smoke: ["111"', "'111' is no task"),
    (
        "scenarios/001.4.yaml",
        r"history:(?:\n .*)+?\ncriteria:",
        "HISTORY",
        "is nearly the same as history of 001.3",
    ),
]


@pytest.mark.parametrize(("file", "pattern", "replacement", "named"), BROKEN)
def test_any_one_broken_field_is_found_and_named(few, file, pattern, replacement, named):
    path = few / file
    before = path.read_text()
    if replacement == "HISTORY":
        other = re.search(
            r"history:(?:\n .*)+?\ncriteria:", (few / "scenarios/001.3.yaml").read_text()
        )
        replacement = other.group()
    broken, n = re.subn(pattern, lambda match: replacement, before, count=1)
    assert n == 1
    try:
        path.write_text(broken)
        messages = found_in(few, Targets())
    finally:
        path.write_text(before)
    assert any(named in message for message in messages), messages[:5]
    assert all(re.match(r"(/|scenarios/|tasks/)", message) for message in messages)


def test_missing_scenarios_and_too_small_a_data_set_are_found(tmp_path):
    small = tmp_path / "small"
    for folder in ("tasks", "scenarios"):
        (small / folder).mkdir(parents=True)
        for file in [*(AIRLINE / folder).glob("001*"), *(AIRLINE / folder).glob("003*")]:
            shutil.copy(file, small / folder)
    (small / "splits.yaml").write_text('train: ["001"]\nsmoke: ["003"]\ntest: []\n')
    messages = found_in(small)
    assert any("occurs in" in message for message in messages)
    assert any(
        "criteria:" in message and "in all; write 611 or more" in message for message in messages
    )
    assert found_in(small, Targets()) == []


def test_counts_read_as_a_table(airline):
    text = str(Counts(airline.of("train")))
    assert text.startswith("30 tasks, 222 scenarios, ")
    assert "guard.non_leakage" in text
