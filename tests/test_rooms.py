"""The order of the house: nine rooms, imports run one way, no circle; and that the test sees it."""

import shutil

import pytest
from conftest import ROOT
from rooms import PACKAGE, circles, faults, imports


@pytest.fixture
def copy(tmp_path):
    """A copy of the package that a test may spoil."""
    shutil.copytree(
        ROOT / PACKAGE, tmp_path / PACKAGE, ignore=shutil.ignore_patterns("__pycache__")
    )
    return tmp_path


def test_imports_run_one_way_through_the_rooms_and_no_files_form_a_circle():
    assert faults(ROOT) == []


WRONG = {
    "a later room": "from usersim_opt.tuning.run import Run\n",
    "a package": "from usersim_opt import tau\n",
    "a second name": "from usersim_opt.results import lock, card\n",
    "inside a function": (
        "def late():\n    from usersim_opt.models.retry import Retry\n    return Retry\n"
    ),
    "under TYPE_CHECKING": (
        "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from usersim_opt.tuning.gates import Gate\n"
    ),
    "a plain import": "import usersim_opt.tuning.budget\n",
    "a relative import": "from ..tuning import gates\n",
    "the public face": "import usersim_opt as uso\n",
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_wrong_import_of_any_kind_is_seen(copy, wrong):
    file = copy / PACKAGE / "basics" / "text.py"
    file.write_text(file.read_text() + "\n" + wrong)
    assert any("usersim_opt.basics.text" in fault for fault in faults(copy))


@pytest.mark.parametrize("late", [False, True], ids=["at the top", "inside a function"])
def test_a_circle_within_a_room_is_seen(copy, late):
    back = "from usersim_opt.tuning.optimizer import RubricOptimizer"
    file = copy / PACKAGE / "tuning" / "gates.py"
    wrong = f"def late():\n    {back}\n    return RubricOptimizer\n" if late else f"{back}\n"
    file.write_text(file.read_text() + "\n" + wrong)
    (circle,) = circles(imports(copy))
    assert {"usersim_opt.tuning.gates", "usersim_opt.tuning.optimizer"} <= set(circle)


def test_a_file_outside_the_rooms_is_seen(copy):
    (copy / PACKAGE / "helpers.py").write_text('"""Stray."""\n')
    assert faults(copy) == ["usersim_opt.helpers stands in no room"]


def test_the_ground_knows_no_dspy_but_where_it_asks_a_model():
    for file in sorted((ROOT / PACKAGE / "basics").glob("*.py")):
        if file.name != "asking.py":
            assert "import dspy" not in file.read_text(), file
