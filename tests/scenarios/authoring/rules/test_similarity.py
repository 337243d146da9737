"""Texts that are nearly the same: by accident a fault of one of them, by design said once."""

from helpers import CRITERION, scenario

from usersim_opt.scenarios.authoring.rules.similarity import similarity_faults

LONG = "The reply says in some way that the plan is wrong or asks what made the agent think so."


def told(tasks, *, number=3):
    """A scenario for each task, with one criterion that all share."""
    criteria = [CRITERION | {"text": LONG}]
    names = [f"{task:03}.{number}" for task in tasks]
    return {
        name: scenario(name, criteria=criteria, history=[{"agent": f"{name}?"}]) for name in names
    }


def kinds(scenarios):
    return [fault.kind for fault in similarity_faults(scenarios)]


def test_two_scenarios_that_share_a_text_are_twins():
    assert kinds(told([1, 2])) == ["twin"]


def test_a_text_of_three_tasks_and_a_quarter_of_their_type_is_a_template_and_said_once():
    (found,) = similarity_faults(told(range(1, 7)))
    assert (found.kind, found.counts) == ("template", False)
    assert "stands in 6 scenarios of the type wrong_assumption" in found.what


def test_a_text_of_few_tasks_among_many_stays_a_fault():
    others = {
        f"{task:03}.3": scenario(f"{task:03}.3", history=[{"agent": f"{task}"}])
        for task in range(10, 30)
    }
    assert kinds({**told([1, 2, 3]), **others}) == ["twin"] * 3
