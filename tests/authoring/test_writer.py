import json

import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.authoring.build import build_dataset, owed
from usersim_opt.authoring.lint import lint_dataset, lint_scenario
from usersim_opt.dataset import load_dataset
from usersim_opt.errors import DatasetError
from usersim_opt.schema import SCENARIO_TYPES, Task

GOOD = {
    "stresses": ["clarification"],
    "history": [{"agent": "Hello"}],
    "criteria": [
        {"id": "asks", "dimension": "clarification.clarifying_questions", "text": "It asks.", "check": {"asks": True}},
        {"id": "short", "dimension": "clarification.pushback", "text": "Short.", "check": {"max_words": 5}},
    ],
    "examples": {"pass": ["what?", "which one do you mean?"], "fail": {"reply": "yes", "fails": ["asks"]}},
}


def tasks(n):
    story = "Your user id is mia_li_{0}. You want to cancel reservation AB{0}X. If that is impossible, you take Monday May {1}."
    return [Task(id=f"{i:03}", domain="airline", source=f"test:{i}", story=story.format(1000 + i, 1 + i % 28)) for i in range(n)]


def test_a_good_answer_becomes_a_scenario_in_one_call():
    lm, engine = scripted(f"Here:\n```json\n{json.dumps(GOOD)}\n```")
    draft = uso.ScenarioWriter(lm)(task=tasks(1)[0], kind="initial_request")
    assert (draft.scenario.id, draft.scenario.type, draft.calls) == ("000.1", "initial_request", 1)
    assert "mia_li_1000" in engine.requests[0].messages[0].text


def test_faults_are_named_to_the_author_and_mended_on_the_next_try():
    broken = GOOD | {"examples": {"pass": ["no", "which?"], "fail": {"reply": "yes", "fails": ["asks"]}}}
    lm, engine = scripted("nonsense", json.dumps(broken), json.dumps(GOOD))
    draft = uso.ScenarioWriter(lm)(task=tasks(1)[0], kind="initial_request")
    assert (draft.scenario is not None, draft.calls) == (True, 3)
    assert "no readable JSON" in engine.requests[1].messages[0].text
    assert "the check of 'asks' should pass here but does not" in engine.requests[2].messages[0].text


@pytest.mark.parametrize("answer", ["", "nonsense", "{}", json.dumps(GOOD | {"criteria": []}), json.dumps(GOOD)])
def test_what_is_faulty_after_three_tries_is_reported_and_not_used(answer):
    lm, engine = scripted(answer)
    draft = uso.ScenarioWriter(lm)(task=tasks(1)[0], kind="error_or_repair")
    assert draft.scenario is None
    assert draft.faults
    assert len(engine.requests) == draft.calls == 3


def test_a_dataset_is_built_and_loads_and_lints(tmp_path):
    writer = uso.ScenarioWriter(uso.connect("offline/author"))
    report = build_dataset(tasks(12), writer, tmp_path, seed=6, smoke=2)
    data = load_dataset(tmp_path)
    assert (report.written, report.kept, report.failed, report.calls) == (50, 0, {}, 50)
    assert [len(data.of(split)) for split in ("train", "smoke", "test")] == [40, 10, 0]
    assert lint_dataset(data) == []
    assert all(criterion.check for scenario in data.scenarios.values() for criterion in scenario.criteria)


def test_a_build_goes_on_where_it_stopped_and_touches_no_edited_file(tmp_path):
    writer = uso.ScenarioWriter(uso.connect("offline/author"))
    build_dataset(tasks(12), writer, tmp_path, seed=6, smoke=2)
    files = sorted((tmp_path / "scenarios").iterdir())
    files[0].write_text(files[0].read_text() + "# edited by hand\n")
    files[1].unlink()
    assert len(owed(tasks(12), tmp_path, seed=6, smoke=2)) == 1
    report = build_dataset(tasks(12), writer, tmp_path, seed=6, smoke=2)
    assert (report.written, report.kept) == (1, 49)
    assert files[0].read_text().endswith("# edited by hand\n")
    with pytest.raises(DatasetError, match="is there with other content"):
        build_dataset(tasks(13), writer, tmp_path, seed=6, smoke=2)


def test_a_scenario_that_fails_is_named_and_the_rest_is_built(tmp_path):
    lm, _ = scripted(lambda request: RuntimeError("down") if "AB1003X" in request.messages[0].text else "nonsense")
    report = build_dataset(tasks(8), uso.ScenarioWriter(lm), tmp_path, seed=6, smoke=1)
    assert report.written == 0
    assert len(report.failed) == 30
    assert "no readable JSON" in str(report)
    assert not (tmp_path / "scenarios").exists()


def test_the_offline_author_s_criteria_come_from_the_story():
    writer = uso.ScenarioWriter(uso.connect("offline/author"))
    drafts = [writer(task=tasks(1)[0], kind=kind) for kind in SCENARIO_TYPES]
    text = " ".join(str(criterion.check) for draft in drafts for criterion in draft.scenario.criteria)
    assert "mia_li_1000" in text
    assert "Monday May 1" in text
    assert all(lint_scenario(draft.scenario) == [] for draft in drafts)
