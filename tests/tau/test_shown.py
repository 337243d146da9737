"""How an evaluation in tau2 reads, on made simulations."""

import pytest
from made_simulations import runs, simulation

from usersim_opt.basics.errors import InputError
from usersim_opt.tau.shown import Downstream


def downstream(**changes):
    """Two prompts on two tasks, of which one is trivial."""
    fields = {
        "domain": "airline",
        "simulations": {
            "base": tuple(runs(t0=[1, 0], t1=[1, None])),
            "tuned": tuple(runs(t0=[1, 1], t1=[1, 1])),
        },
        "idle": tuple(runs(t0=[0], t1=[1])),
        "texts": {"t0": 0, "t1": 0},
    }
    return Downstream(**fields | changes)


def test_each_prompt_has_a_line_and_the_idle_agent_too():
    lines = str(downstream()).splitlines()
    assert lines[0].split()[:2] == ["customer", "success"]
    base, tuned, idle = lines[2:5]
    assert base.split() == [
        "base",
        "66.7",
        "%",
        "50.0",
        "%",
        "0.750",
        "4",
        "1",
        "1.0",
        "3.0",
        "1.0",
        "0",
    ]
    assert "1.000 1.000" in tuned
    assert idle.startswith("(idle agent)")
    assert "50.0 %" in idle


def test_the_notes_tell_the_sample_the_ends_the_lost_and_the_gain():
    text = str(downstream(left_out=3))
    assert "2 tasks with 1 different text for the customer" in text
    assert "trivial: t1" in text
    assert "Ends under base: 3 user_stop ###STOP###, 1 user_error" in text
    assert "Lost under base, 1 of them (customer_error): the customer: timed out" in text
    assert "tuned against base: +33.3 points" in text
    assert "The budget ended it: 3 runs left out." in text
    assert "offline stand-in" in text


def test_prompts_with_other_runs_are_not_compared_and_it_says_why():
    sides = {"base": tuple(runs(t0=[1])), "tuned": tuple(runs(t0=[1, 1]))}
    assert "tuned against base: not compared: one prompt lacks runs" in str(
        downstream(simulations=sides)
    )


def test_premature_stops_are_counted():
    found = downstream(simulations={"base": (simulation("t0", premature=True),)})
    assert str(found).splitlines()[2].split()[-1] == "1"


def test_features_are_means_over_the_conversations():
    assert downstream().features("base")["politeness_rate"] == 1.0
    assert downstream(simulations={"base": ()}).features("base") == {}
    with pytest.raises(InputError, match="no prompt is called 'x'; expected one of base, tuned"):
        downstream().features("x")


def test_a_notebook_shows_it_and_a_repr_is_short():
    assert repr(downstream()) == "<Downstream: airline, 2 prompts, 8 runs>"
    assert downstream()._repr_html_().startswith("<pre>")
