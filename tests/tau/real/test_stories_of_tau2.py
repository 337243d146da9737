"""How many stories tau2's own lists of tasks tell, and that kin of them never part."""

from importlib.resources import files

import pytest
from tau2_here import QUIET, tau2_or_skip

from usersim_opt.scenarios.authoring.build import plan_build
from usersim_opt.tau.tasks import load_tasks

tau2_or_skip()
pytestmark = QUIET
TOLD = {
    "telecom": (2285, 15, 3),
    "retail": (114, 114, 77),
    "airline": (50, 50, 46),
}


@pytest.mark.parametrize(("domain", "numbers"), TOLD.items(), ids=TOLD)
def test_a_list_is_planned_by_its_stories(domain, numbers, tmp_path):
    path = files("tau2") / "data" / "tau2" / "domains" / domain / "tasks.json"
    tasks = load_tasks(str(path))
    plan = plan_build(tasks, tmp_path, seed=6)
    assert (len(tasks), len(plan.tasks), len(plan.families)) == numbers
    assert sum(map(len, plan.equal.values())) == len(tasks) - len(plan.tasks)
    sides = {task: side for side, ids in plan.splits.items() for task in ids}
    assert set(sides) == {task.id for task in plan.tasks}
    assert all(len({sides[task] for task in family}) == 1 for family in plan.families)
    assert set(sides.values()) == {"train", "smoke", "test"}
    scenarios = 5 * sum(side != "test" for side in sides.values())
    assert len(plan.todo) == scenarios
