"""Success by the personas that tau2's tasks name."""

from made_simulations import runs

from usersim_opt.tau.personas import by_persona, persona_of, persona_table
from usersim_opt.tau.shown import Downstream

EASY, HARD, OTHER = "[a]x[PERSONA:Easy]", "[a]y[PERSONA:Hard]", "[a]z[PERSONA:Hard]"


def downstream(**rewards):
    simulations = {"base": tuple(runs(**rewards))}
    texts = {task: number for number, task in enumerate(rewards)}
    return Downstream("telecom", simulations, (), texts)


def test_success_is_told_by_persona():
    found = downstream(**{EASY: [1, 1], HARD: [1, 0], OTHER: [0, 0]})
    shares = by_persona(found)["base"]
    assert {name: each.mean for name, each in shares.items()} == {"Easy": 1.0, "Hard": 0.25}
    assert "Easy: 1 task  Hard: 2 tasks" in persona_table(found)


def test_tasks_without_a_persona_have_no_table():
    assert persona_of("7") == ""
    assert persona_table(downstream(t0=[1])) == ""
