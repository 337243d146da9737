"""What traits take from agents, on made simulations."""

import pytest
from made_simulations import runs

from usersim_opt.basics.errors import InputError
from usersim_opt.tau.drops import Drops
from usersim_opt.tau.shown import Downstream

TASKS = [f"t{number}" for number in range(8)]


def rewards(*each):
    """Simulations of the eight tasks, all with these rewards."""
    return tuple(runs(**{task: list(each) for task in TASKS}))


def found(**changes):
    """An agent that is a little worse with haste and always fails with doubt; t0 is trivial."""
    fields = {
        "domain": "airline",
        "simulations": {
            "none": rewards(1, 1),
            "haste high": (*rewards(1, 1)[:14], *runs(t7=[1, 0])),
            "doubt high": rewards(0, 0),
        },
        "idle": (*runs(t0=[1]), *runs(**{task: [0] for task in TASKS[1:]})),
        "texts": {task: number for number, task in enumerate(TASKS)},
    }
    return Downstream(**fields | changes)


def cells(drops, row):
    """The cells of a row, which stand two blanks apart."""
    line = str(drops).splitlines()[2 + row]
    return [cell for cell in (part.strip() for part in line.split("  ")) if cell]


def test_a_row_has_the_agent_s_success_and_a_drop_for_each_trait():
    drops = Drops({"openai/m": found()})
    assert drops.traits == ["haste high", "doubt high"]
    assert drops.drop("openai/m", "haste high").gain.mean == -1 / 16
    assert drops.drop("openai/m", "doubt high").worse
    row = cells(drops, 0)
    assert row[:3] == ["airline", "openai/m", "8"]
    assert row[3].startswith("12.5 %")
    assert row[4].startswith("100.0 %")
    assert row[5].startswith("-6.3 [")
    assert not row[5].endswith("*")
    assert row[6] == "-100.0 [-100.0, -100.0]*"


def test_the_average_is_over_the_columns_and_clustered_by_task():
    drops = Drops({"openai/m": found()})
    average = drops.drop("openai/m", "average")
    assert average.gain.mean == pytest.approx((-1 / 16 - 1) / 2)
    assert (average.scenarios, average.criteria) == (8, 32)
    assert cells(drops, 0)[7].startswith("-53.1 [")


def test_a_second_row_leaves_out_what_is_won_by_doing_nothing():
    drops = Drops({"openai/m": found()})
    row = cells(drops, 1)
    assert row[2] == "7 not trivial"
    assert row[3].startswith("0.0 %")
    assert drops.drop("openai/m", "haste high", trivial=False).gain.mean == -1 / 14


def test_where_all_is_trivial_the_second_row_is_empty():
    drops = Drops({"m": found(idle=rewards(1))})
    assert cells(drops, 1) == ["airline", "m", "0 not trivial", "-", "-", "-", "-", "-"]


def test_a_few_tasks_have_no_interval():
    sides = {name: runs[:6] for name, runs in found().simulations.items()}
    assert cells(Drops({"m": found(simulations=sides)}), 0)[6] == "-100.0 (too few tasks)"


def test_agents_stand_below_each_other():
    text = str(Drops({"one": found(), "two": found(domain="retail")}))
    assert [line.split()[:2] for line in text.splitlines()[2:6]] == [
        ["airline", "one"],
        ["airline", "one"],
        ["retail", "two"],
        ["retail", "two"],
    ]


def test_lost_runs_and_the_budget_are_told_and_no_lost_run_is_a_drop():
    lost = (*rewards(1, 1)[:14], *runs(t7=[1, None]))
    sides = dict(found().simulations) | {"haste high": lost}
    drops = Drops({"m": found(simulations=sides, left_out=3)})
    assert drops.drop("m", "haste high").gain.mean == 0
    assert "Lost with m under haste high: 1 run." in str(drops)
    assert "The budget of m ended it: 3 runs left out." in str(drops)
    assert "stand-in" in str(drops)


def test_a_side_that_lacks_runs_is_not_compared():
    sides = dict(found().simulations) | {"haste high": rewards(1)}
    row = cells(Drops({"m": found(simulations=sides)}), 0)
    assert row[5] == "not compared"
    assert row[7] == "not compared"


def test_one_trait_needs_no_average():
    sides = {name: found().simulations[name] for name in ("none", "doubt high")}
    assert "average" not in str(Drops({"m": found(simulations=sides)})).splitlines()[0]


def test_what_is_no_evaluation_of_traits_is_refused():
    with pytest.raises(InputError, match="there is no trait"):
        Drops({"m": found(simulations={"none": rewards(1)})})
    other = found(simulations={"none": rewards(1), "other": rewards(1)})
    with pytest.raises(InputError, match="two has the prompts none, other; expected none, haste"):
        Drops({"one": found(), "two": other})
    with pytest.raises(InputError, match="no agent is called 'x'; expected m"):
        Drops({"m": found()}).drop("x", "haste high")


def test_a_notebook_shows_it_and_a_repr_is_short():
    drops = Drops({"m": found()})
    assert repr(drops) == "<Drops: 1 agent, 2 traits>"
    assert drops._repr_html_().startswith("<pre>")
