import shutil
from pathlib import Path

import pytest
from conftest import AIRLINE
from hypothesis import given
from hypothesis import strategies as st

from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.scenarios import kinds
from usersim_opt.scenarios.dataset import load_dataset
from usersim_opt.scenarios.kinds import (
    DIMENSIONS,
    FAMILIES,
    STANDARD,
    Kinds,
    family_of,
    in_order,
    kinds_of,
    read_kinds,
)

ENDING = """\
families:
  ending:
    waits_for_confirmation: not leaving before the agent has confirmed
types:
  farewell:
    agent_turns: [2, 7]
    line: the agent's last turn brings the matter to its end
"""
SCENARIO = """\
id: "001.6"
type: farewell
stresses: [ending]
history:
  - agent: Hi! How can I help you today?
  - customer: cancel my flight
  - agent: I will do that now.
criteria:
  - id: stays
    dimension: ending.waits_for_confirmation
    text: The customer does not end the conversation. Any short answer is fine.
    check: {none_of: [bye]}
examples:
  pass: ["ok and is it done?"]
  fail: {reply: bye, fails: [stays]}
"""


@pytest.fixture
def folder(tmp_path):
    """A data set of three tasks with a kind of its own: two scenarios of task 001 have its type."""
    for name in ("tasks", "scenarios"):
        (tmp_path / name).mkdir()
        for file in sorted((AIRLINE / name).glob("00[123]*.yaml")):
            shutil.copy(file, tmp_path / name)
    (tmp_path / "splits.yaml").write_text('train: ["001"]\nsmoke: ["002"]\ntest: ["003"]\n')
    (tmp_path / kinds.FILE).write_text(ENDING)
    for number in ("12", "6"):
        text = SCENARIO.replace('"001.6"', f'"001.{number}"')
        (tmp_path / "scenarios" / f"001.{number}.yaml").write_text(text)
    return tmp_path


def edit(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_there_are_the_study_s_twenty_dimensions_and_two_of_the_end_and_each_has_a_line():
    assert len(DIMENSIONS) == len(set(DIMENSIONS)) == 22
    assert DIMENSIONS[20:] == ("conversation_end.waiting", "conversation_end.leaving")
    assert tuple(STANDARD.dimensions) == DIMENSIONS
    assert {family_of(name) for name in DIMENSIONS} == set(FAMILIES)
    assert len(FAMILIES) == 6
    assert all(line.strip() for line in STANDARD.dimensions.values())


def test_there_are_five_default_types_and_three_in_which_the_agent_is_right():
    turns = {name: (kind.least_turns, kind.most_turns) for name, kind in STANDARD.types.items()}
    assert turns == {
        "initial_request": (1, 1),
        "detail_elicitation": (2, 4),
        "wrong_assumption": (3, 5),
        "uncertainty_or_sensitive_info": (2, 4),
        "error_or_repair": (4, 7),
        "agreement": (2, 6),
        "ending": (2, 8),
        "corrected": (2, 6),
    }
    assert [STANDARD.number(name) for name in turns] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert STANDARD.choice() == list(turns)[:5]
    assert all(kind.name == name and kind.line for name, kind in STANDARD.types.items())


def test_the_packaged_file_is_one_that_a_data_set_could_bring():
    assert read_kinds(Path(kinds.__file__).with_name(kinds.FILE)) == STANDARD


def test_standard_names_come_as_in_the_file_then_added_ones_by_the_alphabet():
    names = [
        "zeal.b",
        "guard.non_leakage",
        "ending.waits",
        "communication_style.zest",
        "communication_style.politeness",
        "communication_style.banter",
        "zeal.a",
        "communication_style.shortness",
    ]
    assert in_order(names) == [
        "communication_style.shortness",
        "communication_style.politeness",
        "communication_style.banter",
        "communication_style.zest",
        "guard.non_leakage",
        "ending.waits",
        "zeal.a",
        "zeal.b",
    ]


def test_families_are_ordered_as_their_dimensions_are():
    assert in_order(["ending", "guard", "communication_style"]) == [
        "communication_style",
        "guard",
        "ending",
    ]


@given(st.permutations([*DIMENSIONS, "ending.a", "ending.b", "guard.a"]))
def test_the_order_does_not_depend_on_the_order_before(names):
    ordered = in_order(names)
    assert tuple(name for name in ordered if name in DIMENSIONS) == DIMENSIONS
    assert [name for name in ordered if name not in DIMENSIONS] == [
        "guard.a",
        "ending.a",
        "ending.b",
    ]


def test_a_data_set_without_a_file_has_the_standard_kinds(tmp_path):
    assert kinds_of(tmp_path) is STANDARD


def test_kinds_with_another_ending_are_not_passed_over(tmp_path):
    (tmp_path / "kinds.yml").write_text("types: {}\n")
    with pytest.raises(DatasetError, match=r"kinds\.yml: ends in \.yml .* expected kinds\.yaml"):
        kinds_of(tmp_path)


def test_a_data_set_adds_types_and_dimensions(folder):
    data = load_dataset(folder)
    assert data.kinds.dimensions["ending.waits_for_confirmation"].startswith("not leaving")
    assert data.kinds.families == (*FAMILIES, "ending")
    assert list(data.kinds.types) == [*STANDARD.types, "farewell"]
    assert data.kinds.number("farewell") == 9
    ending = data.scenarios["001.6"]
    assert (ending.type, ending.stresses) == ("farewell", ("ending",))
    assert ending.criteria[0].dimension == "ending.waits_for_confirmation"


def test_two_scenarios_of_a_task_can_have_one_type_and_come_in_order_of_number(folder):
    data = load_dataset(folder)
    of_task = [scenario.id for scenario in data.of("train")]
    assert of_task == [f"001.{number}" for number in (1, 2, 3, 4, 5, 6, 7, 8, 12)]
    farewells = [data.scenarios[name].type for name in ("001.6", "001.12")]
    assert farewells == ["farewell", "farewell"]


def test_added_dimensions_stand_behind_the_standard_ones_of_their_family(tmp_path):
    (tmp_path / kinds.FILE).write_text("families:\n  guard:\n    a_first: a line\n")
    names = list(kinds_of(tmp_path).dimensions)
    place = names.index("guard.a_first")
    assert names[place - 1] == "guard.non_leakage"
    assert names[:place] + names[place + 1 :] == list(DIMENSIONS)


def test_the_standard_kinds_stay_as_they_are_when_a_data_set_adds_some(folder):
    load_dataset(folder)
    assert tuple(STANDARD.dimensions) == DIMENSIONS
    assert "farewell" not in STANDARD.types


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "  ending:\n    waits_for_confirmation",
            "  guard:\n    non_leakage",
            (
                "'guard.non_leakage' is a standard kind; a data set can add kinds, "
                "not change them: take it out, or give yours another name"
            ),
        ),
        (
            "types:\n  farewell",
            "types:\n  initial_request",
            "'initial_request' is a standard kind; a data set can add kinds, not change them",
        ),
        (
            "[2, 7]",
            "[7, 2]",
            "types.farewell.agent_turns is [7, 2]; expected the smaller number first",
        ),
        ("[2, 7]", "[0, 7]", "types.farewell.agent_turns.0: Input should be greater than"),
        ("[2, 7]", "[2]", "types.farewell.agent_turns: List should have at least 2 items"),
        ("[2, 7]", "[2, 3, 4]", "types.farewell.agent_turns: List should have at most 2 items"),
        ("[2, 7]", "2 to 7", "types.farewell.agent_turns: Input should be a valid list"),
        ("line: the", "lime: the", "types.farewell.lime: is no field here, did you mean 'line'?"),
        ("waits_for_confirmation", "Waits", "String should match pattern"),
        (
            "line: the",
            "families: [transfer]\n    line: the",
            "types.farewell.families: 'transfer' is",
        ),
        ("types:\n  farewell", "types:\n  the end", "String should match pattern"),
        ("families:\n  ending", "families:\n  ending.x", "String should match pattern"),
        (": not leaving before the agent has confirmed", ": ''", "String should"),
        (": not leaving before the agent has confirmed", ":", "Input should be a valid string"),
        ("families:", "family:", "family: is no field here"),
        (ENDING, "- ending\n", "holds list; expected a mapping of fields"),
        (ENDING, "", "holds NoneType; expected a mapping of fields"),
        ("  farewell:\n    agent", "  farewell: 1\n    agent", "kinds.yaml:6: "),
    ],
)
def test_a_fault_in_the_file_is_named_with_what_was_expected(folder, old, new, complaint):
    edit(folder / kinds.FILE, old, new)
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    assert str(caught.value).startswith(str(folder / kinds.FILE))
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("type: farewell", "type: parting", "type: 'parting' is not known; expected one of "),
        ("[ending]", "[parting]", "stresses: 'parting' is not known; expected one of "),
        (
            "ending.waits_for_confirmation",
            "ending.waits",
            "criteria: dimension: 'ending.waits' is not known; expected one of ",
        ),
    ],
)
def test_a_scenario_of_an_unknown_kind_is_named_with_the_remedy(folder, old, new, complaint):
    file = folder / "scenarios" / "001.12.yaml"
    edit(file, old, new)
    with pytest.raises(DatasetError) as caught:
        load_dataset(folder)
    message = str(caught.value)
    assert message.startswith(f"{file}: {complaint}")
    assert ("farewell" if "type:" in complaint else "ending") in message.partition(
        "expected one of"
    )[2]
    assert message.endswith(", or a kinds.yaml in the data set that adds it")


def test_kinds_that_nobody_has_added_are_unknown(folder):
    (folder / kinds.FILE).unlink()
    with pytest.raises(DatasetError, match="type: 'farewell' is not known"):
        load_dataset(folder)


def test_known_kinds_have_no_fault():
    assert STANDARD.unknown(kind="initial_request", families=FAMILIES, dimensions=DIMENSIONS) == ""
    assert Kinds({}, {}).unknown(kind="x", families=[], dimensions=[]).startswith("type: 'x'")


def test_types_are_chosen_by_name_or_all_and_come_in_order():
    assert STANDARD.choice(["corrected", "initial_request"]) == ["initial_request", "corrected"]
    assert STANDARD.choice(["all"]) == STANDARD.choice(["agreement", "all"]) == list(STANDARD.types)
    with pytest.raises(InputError, match="the type 'agrement' is not known; expected all, or some"):
        STANDARD.choice(["agrement"])


def test_a_type_that_a_data_set_adds_is_a_default_one_unless_it_says_otherwise(folder):
    assert kinds_of(folder).choice()[-1] == "farewell"
    edit(folder / kinds.FILE, "line: the", "default: false\n    line: the")
    assert "farewell" not in kinds_of(folder).choice()


def test_the_dimensions_of_a_family_are_expected_where_a_type_needs_them():
    without = STANDARD.expected({"initial_request", "agreement"})
    assert set(DIMENSIONS) - set(without) == {
        "conversation_end.waiting",
        "conversation_end.leaving",
    }
    assert STANDARD.expected({"ending"}) == list(DIMENSIONS)
