from rubrics import criterion, rubric

from usersim_opt.scenarios.authoring.rules.leakage import leakage_faults
from usersim_opt.scenarios.dataset import Dataset
from usersim_opt.scenarios.records import Task

SENTENCE = "the blue one with the dented door please not the other"


def dataset(said):
    """A train task, a smoke task: of each the story, and what the customer said in its scenario."""
    tasks, scenarios = {}, {}
    for name, (story, own) in zip(("001", "002"), said, strict=True):
        tasks[name] = Task(id=name, domain="d", source="s", story=story)
        case = rubric(criterion("a"), own=(own,)).model_dump(mode="json", by_alias=True)
        scenarios[f"{name}.3"] = type(rubric(criterion("a"))).model_validate(
            case | {"id": f"{name}.3"}
        )
    return Dataset(tasks, scenarios, {"train": ("001",), "smoke": ("002",)})


def found(said):
    faults = list(leakage_faults(dataset(said)))
    return [(fault.file, fault.what) for fault in faults if "dented" in fault.what]


def test_a_shared_stretch_is_one_fault_in_the_file_where_the_words_stand():
    said = (("You want a car.", f"I want {SENTENCE}."), ("You want a van.", f"Oh, {SENTENCE}!"))
    assert found(said) == [
        ("scenarios/002.3.yaml", f"{SENTENCE!r} stands in tasks 001, 002 of different splits")
    ]


def test_what_stands_in_story_and_scenario_is_told_once_by_the_story():
    said = ((f"You want {SENTENCE}.", "Hi."), (f"You say: {SENTENCE}.", f"{SENTENCE}, ok?"))
    assert [file for file, _ in found(said)] == ["tasks/002.yaml"]


def test_two_stretches_with_other_words_between_are_two_faults():
    other = "not under any condition after the dented lunch break"
    train = f"{SENTENCE}, yes. Well then: {other}."
    said = (("You want a car.", train), ("You want a van.", f"{other}. So: {SENTENCE}."))
    assert len(found(said)) == 2
