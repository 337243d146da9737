import pytest
from realism_cases import said

from usersim_opt.basics.errors import InputError
from usersim_opt.realism.coverage.population import (
    BOUNDS,
    FEATURE_SETS,
    population_of,
    read_bounds,
)
from usersim_opt.realism.figures import UNITS
from usersim_opt.realism.result_sets import ResultSet, Talk

TALKS = ResultSet("mine", [Talk("airline_1", "1", said("hi there")), Talk("b", "1", said("ok"))])


def test_every_feature_that_is_no_share_has_bounds():
    shares = {name for name, unit in UNITS.items() if unit in ("share", "conversation")}
    assert set(UNITS) - shares == set(BOUNDS)


def test_the_rows_are_conversations_with_their_tasks():
    found = population_of(TALKS, features=["words_per_turn", "first_words"])
    assert found.tasks == ("airline_1", "b")
    assert found.values.tolist() == [[2, 2], [1, 1]]
    assert found.unit[0].tolist() == [2 / 60, 2 / 100]
    assert found.of_tasks(["b"]).values.tolist() == [[1, 1]]
    assert found.of_tasks(["b"]).tasks == ("b",)


def test_bounds_of_a_file(tmp_path):
    file = tmp_path / "bounds.yaml"
    file.write_text("words_per_turn: [0, 9.5]\n")
    assert read_bounds(file) == {"words_per_turn": (0, 9.5)}


@pytest.mark.parametrize("line", ["words: [0]", "words: [3, 1]", "words: [a, b]", "- 1"])
def test_lines_that_are_no_bounds_are_refused(tmp_path, line):
    file = tmp_path / "bounds.yaml"
    file.write_text(line + "\n")
    with pytest.raises(InputError, match="0, 60"):
        read_bounds(file)


def test_features_of_two_sets_are_not_mixed():
    with pytest.raises(InputError, match="names of one of them"):
        population_of(TALKS, features=["words_per_turn", "opening_words"])
    assert FEATURE_SETS == ("published", "corrected")
