"""A data set with a kinds.yaml of its own: author, linter and stand-ins follow it."""

import json

import pytest
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.measuring.runner import ignore
from usersim_opt.scenarios.authoring.build import build_dataset, plan_build
from usersim_opt.scenarios.authoring.lint import lint_dataset, lint_scenario
from usersim_opt.scenarios.authoring.rules.coverage import Counts, Targets
from usersim_opt.scenarios.dataset import scenario_data
from usersim_opt.scenarios.kinds import FILE, STANDARD, kinds_of
from usersim_opt.scenarios.records import Task

WAITS = "ending.waits_for_confirmation"
KINDS = """\
families:
  ending:
    waits_for_confirmation: not leaving before the agent has confirmed
types:
  farewell:
    agent_turns: [3, 7]
    line: the agent's last turn brings the matter to its end
"""


def tasks(n=5):
    story = "Your user id is mia_li_{0}. You want to cancel reservation AB{0}X."
    return [
        Task(id=f"{i:03}", domain="airline", source=f"test:{i}", story=story.format(1000 + i))
        for i in range(n)
    ]


def plan_of(folder, **options):
    return plan_build(tasks(), folder, seed=6, smoke=1, **options)


def build(folder, **options):
    plan = plan_of(folder, **options)
    author = uso.ScenarioAuthor(uso.connect("offline/author"), kinds=plan.kinds)
    return build_dataset(plan, author, folder)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / FILE).write_text(KINDS)
    return tmp_path


@pytest.fixture
def data(folder):
    build(folder)
    return uso.load_dataset(folder)


def change(folder, name, **fields):
    """Replace fields of a scenario file."""
    path = folder / "scenarios" / f"{name}.yaml"
    path.write_text(strict_yaml.dumps(strict_yaml.load(path) | fields))


def test_the_stand_in_writes_a_scenario_of_the_added_type_for_each_task(data):
    ending = [s for s in data.scenarios.values() if s.type == "farewell"]
    assert len(ending) == len(data.scenarios) / 6
    assert {s.number for s in ending} == {9}
    assert all(sum(turn.role == "agent" for turn in s.history) == 3 for s in ending)
    assert all("brings the matter to its end" in s.history[-1].text for s in ending)
    assert all(WAITS in [c.dimension for c in s.criteria] for s in ending)
    assert all(
        lint_scenario(data.tasks[s.task_id], s, data.kinds) == [] for s in data.scenarios.values()
    )


def test_the_linter_counts_and_measures_by_the_data_set_s_kinds(folder, data):
    counts = str(Counts(data.of("train"), data.kinds))
    assert "ending.waits_for_confirmation" in counts
    faults = [str(fault) for fault in lint_dataset(data, Targets(scenarios_per_dimension=99))]
    assert any(f"scenarios/: {WAITS}: occurs in 4 scenarios" in fault for fault in faults)
    short = next(s for s in data.scenarios.values() if s.type == "farewell")
    change(folder, short.id, history=[{"agent": "Done. Anything else?"}])
    faults = [str(fault) for fault in lint_dataset(uso.load_dataset(folder))]
    assert f"scenarios/{short.id}.yaml: history: 1 agent turns; farewell needs 3 to 7" in faults


def test_without_the_data_set_s_kinds_its_scenarios_are_refused(data):
    ending = next(s for s in data.scenarios.values() if s.type == "farewell")
    with pytest.raises(DatasetError, match=r"\.9\.yaml: type: 'farewell' is not known"):
        lint_scenario(data.tasks[ending.task_id], ending)


@pytest.mark.filterwarnings("ignore:the prompt")
def test_the_stand_in_for_the_judge_leaves_the_added_dimension_unscored_with_the_reason(
    data, simulator, metric
):
    evaluation = uso.evaluate(simulator, data.smoke, metric, progress=ignore)
    verdicts = [
        (criterion.dimension, verdict)
        for outcome in evaluation.outcomes
        for criterion, verdict in zip(
            data.scenarios[outcome.scenario].scored_criteria,
            outcome.grade.verdicts,
            strict=True,
        )
    ]
    unscored = [dimension for dimension, verdict in verdicts if verdict.outcome == "unscored"]
    assert unscored == [WAITS]
    reason = next(verdict.evidence for dimension, verdict in verdicts if dimension == WAITS)
    assert reason.endswith(f"the stand-in has no rule for {WAITS}")


def test_an_author_model_is_told_what_type_and_dimensions_mean(folder):
    conversation = json.dumps({"turns": [{"role": "agent", "text": "Hello"}]})
    lm, engine = scripted(conversation, "nonsense")
    author = uso.ScenarioAuthor(lm, kinds=kinds_of(folder))
    author(task=tasks()[0], kind="farewell")
    system, sent = engine.requests[0].system, [r.messages[0].text for r in engine.requests]
    assert "wrong_assumption" not in str(system)
    assert "the agent's last turn brings the matter to its end" in sent[0]
    assert "not leaving before the agent has confirmed" in sent[1]
    assert '"most": 7' in sent[0]


def rubric(dimension):
    criterion = {"dimension": dimension, "role": "score"}
    return json.dumps(
        {
            "stresses": ["ending"],
            "criteria": [
                criterion | {"id": "asks", "text": "It asks.", "check": '{"asks": true}'},
                criterion | {"id": "waits", "text": "The customer stays.", "check": ""},
            ],
            "natural": ["what?", "which one?", "is it done", "do you see mine", "hm, why is that?"],
            "near": [
                {"reply": "is it done? bye then", "fails": ["waits"], "fault": "leaves"},
                {"reply": "it is done", "fails": ["asks"], "fault": "states it"},
            ],
            "contrary": [{"reply": "yes", "fails": ["asks"]}],
        }
    )


TALK = json.dumps(
    {
        "turns": [
            {"role": role, "text": text}
            for role, text in (
                ("agent", "Hello"),
                ("customer", "hi"),
                ("agent", "Yes?"),
                ("customer", "cancel it"),
                ("agent", "Done."),
            )
        ]
    }
)


def test_a_rubric_may_use_the_added_dimension_and_no_unknown_one(folder):
    kinds = kinds_of(folder)
    lm, engine = scripted(TALK, rubric("ending.patience"), rubric(WAITS))
    engine.takes_schema = True
    draft = uso.ScenarioAuthor(lm, kinds=kinds)(task=tasks()[0], kind="farewell")
    assert [c.dimension for c in draft.scenario.criteria] == [WAITS, WAITS]
    assert draft.calls == {"author": 3}
    assert "criteria.0.dimension: Input should be" in engine.requests[2].messages[0].text
    schema = engine.requests[1].config.response_format["schema"]
    assert WAITS in json.dumps(schema)


def test_an_unknown_type_is_named_with_the_known_ones():
    with pytest.raises(
        InputError, match="task 000: type: 'farewell' is not known; expected one of"
    ):
        uso.ScenarioAuthor()(task=tasks()[0], kind="farewell")


def test_an_author_of_other_kinds_is_refused_before_anything_is_written(folder):
    author = uso.ScenarioAuthor(uso.connect("offline/author"))
    with pytest.raises(InputError, match="make it with kinds=plan.kinds"):
        build_dataset(plan_of(folder), author, folder)
    assert not (folder / "tasks").exists()


def shots_of(author, engine, kind):
    author(task=tasks()[0], kind=kind)
    sent = engine.requests[-1].messages[0].text
    return json.loads(sent.removeprefix("<material>").removesuffix("</material>"))["examples"]


def test_an_author_takes_the_kinds_of_its_examples(data):
    lm, engine = scripted("nonsense")
    author = uso.ScenarioAuthor(lm, examples=data)
    assert author.kinds == data.kinds
    assert len(shots_of(author, engine, "farewell")) == 2


def test_an_author_is_shown_no_example_with_kinds_that_it_may_not_use(folder):
    build(folder)
    for path in sorted((folder / "scenarios").glob("*.1.yaml")):
        change(folder, path.stem, stresses=["ending"])
    examples = uso.load_dataset(folder)
    lm, engine = scripted("nonsense")
    author = uso.ScenarioAuthor(lm, examples=examples, kinds=STANDARD)
    assert shots_of(author, engine, "initial_request") == []
    assert len(shots_of(author, engine, "wrong_assumption")) == 2


def test_what_is_there_is_found_by_its_type_and_a_taken_number_is_passed_over(folder):
    build(folder)
    own = folder / "scenarios" / "000.3.yaml"
    error = folder / "scenarios" / "000.5.yaml"
    moved = strict_yaml.load(error) | {"id": "000.3"}
    own.write_text(strict_yaml.dumps(moved))
    error.unlink()
    (order,) = plan_of(folder).todo
    assert (order.id, order.kind) == ("000.10", "wrong_assumption")
    build(folder)
    assert plan_of(folder).todo == []
    types = [s.type for s in uso.load_dataset(folder).scenarios.values() if s.task_id == "000"]
    assert sorted(types) == sorted(kinds_of(folder).choice())


def test_a_task_may_have_several_scenarios_of_a_type_and_a_rewrite_leaves_the_own_ones(folder):
    build(folder)
    first = uso.load_dataset(folder).scenarios["000.1"]
    second = scenario_data(first) | {"id": "000.12"}
    (folder / "scenarios" / "000.12.yaml").write_text(strict_yaml.dumps(second))
    assert plan_of(folder).todo == []
    plan = plan_of(folder, rewrite=True)
    assert plan.edited == ["000.12"]
    assert "000.1" in [order.id for order in plan.todo]
    assert "000.12" not in [order.id for order in plan.todo]


def test_a_scenario_file_without_a_type_stops_the_build_and_is_named(folder):
    build(folder)
    change(folder, "000.1", type=3)
    with pytest.raises(DatasetError, match=r"000\.1\.yaml: type: is 3; expected the name"):
        plan_of(folder)
