from random import Random

import pytest
from rubrics import criterion, rubric

from usersim_opt.scenarios.authoring.rules.splits import split_faults
from usersim_opt.scenarios.dataset import Dataset
from usersim_opt.scenarios.records import Task


def dataset(lengths, manner=("",), test_manner=None):
    """Tasks with own turns of so many words, by split; stories with sentences on manner."""
    tasks, scenarios, splits = {}, {}, {}
    for split, of_split in lengths.items():
        splits[split] = []
        for words in of_split:
            name = f"{len(tasks):03}"
            said = (test_manner if split == "test" and test_manner else manner)[0]
            story = f"You are a customer. You want a seat. {said}"
            tasks[name] = Task(id=name, domain="d", source="s", story=story)
            turn = " ".join(["word"] * words)
            case = rubric(criterion("a"), own=(turn,)).model_dump(mode="json", by_alias=True)
            scenario = type(rubric(criterion("a"))).model_validate(case | {"id": f"{name}.3"})
            scenarios[scenario.id] = scenario
            splits[split].append(name)
    return Dataset(tasks, scenarios, {name: tuple(ids) for name, ids in splits.items()})


def draw(random, n, low, high):
    return [random.randint(low, high) for _ in range(n)]


def test_splits_of_the_same_kind_of_customers_are_no_fault():
    random = Random(3)
    sizes = {"train": 35, "smoke": 5, "test": 10}
    alike = dataset({split: draw(random, n, 3, 15) for split, n in sizes.items()})
    assert list(split_faults(alike)) == []


def test_a_split_whose_customers_write_three_times_as_much_is_named_with_figures():
    random = Random(3)
    lengths = {"train": draw(random, 30, 4, 8), "smoke": [5, 7], "test": draw(random, 8, 16, 24)}
    found = list(split_faults(dataset(lengths)))
    assert {fault.kind for fault in found} == {"splits_differ"}
    assert {(fault.file, fault.field) for fault in found} == {("splits.yaml", "test")}
    assert any(fault.what.startswith("words in a turn: ") for fault in found)
    assert any("share of customers with 10 words a turn or fewer: 0 on" in f.what for f in found)
    assert "by permutation of tasks" in found[0].what


def test_stories_that_say_more_of_the_manner_are_named():
    lengths = {"train": [6] * 20, "smoke": [6] * 5, "test": [6] * 10}
    told = "You write in capitals. You are blunt. You are very chatty and you swear."
    found = [fault.what for fault in split_faults(dataset(lengths, test_manner=(told,)))]
    assert any(what.startswith("sentences of a story on manner: 3 on average") for what in found)


@pytest.mark.parametrize("test", [[], [90]])
def test_a_split_with_fewer_than_two_customers_is_not_compared(test):
    lengths = {"train": [6] * 20, "smoke": [6] * 5, "test": test}
    assert list(split_faults(dataset(lengths))) == []
