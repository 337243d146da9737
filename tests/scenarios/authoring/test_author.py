import itertools
import json

import pytest
from conftest import ROOT
from drafts import GOOD, RUBRIC, TALK, with_first
from helpers import scripted, until

import usersim_opt as uso
from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.scenarios.authoring.build import build_dataset, plan_build
from usersim_opt.scenarios.authoring.drafts import ConversationDraft, read_draft
from usersim_opt.scenarios.authoring.lint import lint_scenario
from usersim_opt.scenarios.checks import KINDS, LEXICONS
from usersim_opt.scenarios.dataset import load_dataset
from usersim_opt.scenarios.kinds import STANDARD
from usersim_opt.scenarios.records import Task, Turn

FIRST_FORM = ROOT / "tests" / "corpus" / "first_form"


def tasks(n):
    story = (
        "Your user id is mia_li_{0}. You want to cancel reservation AB{0}X. "
        "If that is impossible, you take Monday May {1}."
    )
    return [
        Task(
            id=f"{i:03}",
            domain="airline",
            source=f"test:{i}",
            story=story.format(1000 + i, 1 + i % 28),
        )
        for i in range(n)
    ]


def draft(*answers, kind="initial_request", **options):
    lm, engine = scripted(*answers)
    return uso.ScenarioAuthor(lm, **options)(task=tasks(1)[0], kind=kind), [
        request.messages[0].text for request in engine.requests
    ]


def test_a_conversation_and_its_rubric_become_a_scenario_in_two_calls():
    made, sent = draft(TALK, f"Here:\n```json\n{GOOD}\n```")
    assert (made.scenario.id, made.scenario.type) == ("000.1", "initial_request")
    assert (made.calls, made.tokens) == ({"author": 2}, {"author": 4})
    assert [c.check for c in made.scenario.criteria] == [{"asks": True}, None]
    assert "mia_li_1000" in sent[0]
    assert '"conversation"' in sent[1]


def test_a_faulty_rubric_goes_back_with_the_faults_and_the_conversation_stays():
    broken = json.dumps(RUBRIC | {"natural": ["no", *RUBRIC["natural"]]})
    made, sent = draft(TALK, "nonsense", broken, GOOD)
    assert (made.scenario is not None, made.calls) == (True, {"author": 4})
    assert "no JSON object" in sent[2]
    assert "the check of 'asks' should pass here but does not" in sent[3]
    assert all('"conversation"' in text for text in sent[1:])


def test_a_faulty_conversation_goes_back_to_its_writer():
    long = json.dumps(
        {
            "turns": [
                {"role": "agent", "text": "Hello"},
                {"role": "customer", "text": "hi"},
                {"role": "agent", "text": "?"},
            ]
        }
    )
    made, sent = draft(long, GOOD, TALK, GOOD)
    assert made.scenario is not None
    assert "2 agent turns; initial_request needs 1 to 1" in sent[2]
    assert '"conversation"' not in sent[2]


@pytest.mark.parametrize(
    "rubric",
    [
        "",
        "nonsense",
        "{}",
        json.dumps(RUBRIC | {"criteria": []}),
        json.dumps(RUBRIC | {"extra": 1}),
        json.dumps(RUBRIC | {"near": [{"reply": "yes", "fails": ["asks"]}]}),
        with_first(check="{asks"),
        with_first(dimension="style"),
        with_first(role="judge"),
        json.dumps(RUBRIC | {"contrary": [{"reply": "yes", "fails": ["other"]}]}),
    ],
)
def test_what_is_faulty_after_three_tries_is_reported_and_not_used(rubric):
    made, sent = draft(TALK, rubric)
    assert made.scenario is None
    assert made.faults
    assert made.calls == {"author": len(sent)} == {"author": 4}


def test_a_scenario_holds_the_three_forms_of_replies_and_the_roles_of_its_criteria():
    made, _ = draft(TALK, GOOD)
    examples = made.scenario.examples
    assert [len(form) for form in (examples.plain, examples.near, examples.contrary)] == [5, 2, 1]
    assert examples.near[0].fault == "insults"
    assert [c.role for c in made.scenario.criteria] == ["score", "guard"]


EASY = json.dumps(RUBRIC | {"natural": RUBRIC["natural"][:4]})


def test_a_rubric_on_which_there_is_advice_goes_back_with_it():
    made, sent = draft(TALK, EASY, GOOD)
    assert "there are 4 natural, 2 near and 1 contrary replies" in sent[2]
    assert (len(made.scenario.examples.natural), made.advice) == (5, ())
    assert made.calls == {"author": 3}


def test_what_has_nothing_but_advice_left_is_kept_with_it_the_least_of_the_tries():
    easier = with_first(check='{"all": [{"asks": true}, {"max_words": 90}]}')
    made, _ = draft(TALK, EASY, easier, json.dumps(RUBRIC | {"near": RUBRIC["near"][:1]}))
    assert made.scenario is not None
    assert made.faults == ()
    assert len(made.advice) == 1
    assert "4 natural" in made.advice[0]


def test_a_fault_of_the_last_try_does_not_spoil_an_earlier_one():
    made, _ = draft(TALK, EASY, "nonsense")
    assert (len(made.scenario.examples.natural), len(made.advice)) == (4, 1)


def test_the_rubric_writer_is_told_figures_of_the_moment_kinds_of_checks_and_named_lists():
    turns = [("agent", "Hello"), ("customer", "cancel AB1000X please"), ("agent", "Which one?")]
    talk = json.dumps({"turns": [{"role": role, "text": text} for role, text in turns]})
    _, sent = draft(talk, GOOD, kind="detail_elicitation")
    shown = json.loads(sent[1].removeprefix("<material>").removesuffix("</material>"))
    figures = {"word_limit": 25, "sentences": 3, "words_of_the_customer_s_turns": [3]}
    assert shown["figures"] == figures
    assert shown["checks"] == dict(KINDS)
    assert shown["named_lists"] == sorted(LEXICONS)
    assert shown["observed_replies"] == []
    assert any("25 words" in line for line in shown["what_people_keep"])


def test_the_rubric_writer_is_shown_no_rubric_of_the_first_form():
    _, sent = draft(TALK, GOOD, examples=uso.load_dataset(FIRST_FORM))
    shown = json.loads(sent[1].removeprefix("<material>").removesuffix("</material>"))
    assert shown["examples"] == []


def test_an_author_that_cannot_talk_is_reported_after_three_tries():
    made, _ = draft("nonsense")
    assert (made.scenario, made.calls) == (None, {"author": 3})


def test_the_author_is_shown_training_scenarios_of_the_type_and_agent_turns_of_logs(airline):
    turns = [Turn(role="agent", text=f"Log sentence {i}.") for i in range(9)]
    _, sent = draft(TALK, GOOD, examples=airline, dialogues=[turns])
    shown = json.loads(sent[0].removeprefix("<material>").removesuffix("</material>"))
    assert len(shown["examples"]) == 2
    assert len(shown["sentences_of_agents"]) == 6
    train = [
        [{turn.role: turn.text} for turn in s.history]
        for s in airline.of("train")
        if s.type == "initial_request"
    ]
    assert all(example in train for example in shown["examples"])


def test_the_wanted_shape_is_asked_for_where_the_connection_can_hold_it():
    lm, engine = scripted(TALK, GOOD)
    engine.takes_schema = True
    uso.ScenarioAuthor(lm)(task=tasks(1)[0], kind="initial_request")
    assert [request.config.response_format["schema"]["title"] for request in engine.requests] == [
        "ConversationDraft",
        "RubricDraft",
    ]


@pytest.fixture
def author():
    return uso.ScenarioAuthor(uso.connect("offline/author"))


def build(author, folder, n=12, **options):
    return build_dataset(plan_build(tasks(n), folder, seed=6, smoke=2, **options), author, folder)


def test_a_dataset_is_built_loads_and_each_scenario_is_without_fault(tmp_path, author):
    report = build(author, tmp_path)
    data = load_dataset(tmp_path)
    assert (report.written, report.plan.unchanged, report.failed) == (50, 0, {})
    assert report.calls == {"author": 100}
    assert report.tokens["author"] > 10_000
    assert str(report) == "50 scenarios written, 0 left as they were, 0 failed; 100 author calls"
    assert "50 scenarios to write, 100 to 300 author calls" in report.plan.estimate(author)
    assert [len(data.of(split)) for split in ("train", "smoke", "test")] == [40, 10, 0]
    assert all(lint_scenario(data.tasks[s.task_id], s) == [] for s in data.scenarios.values())
    assert all(criterion.check for s in data.scenarios.values() for criterion in s.criteria)


def test_a_build_goes_on_where_it_stopped(tmp_path, author):
    build(author, tmp_path)
    files = sorted((tmp_path / "scenarios").iterdir())
    files[1].unlink()
    record = json.loads((tmp_path / "written.json").read_text())
    del record[files[1].stem]  # as after a build that was broken off before this file
    (tmp_path / "written.json").write_text(json.dumps(record))
    report = build(author, tmp_path)
    assert (report.written, report.plan.unchanged) == (1, 49)
    assert files[1].exists()
    with pytest.raises(DatasetError, match="is there with other content"):
        build(author, tmp_path, n=13)


def test_what_somebody_deleted_is_written_again_only_where_that_is_asked_for(tmp_path, author):
    build(author, tmp_path)
    files = sorted((tmp_path / "scenarios").iterdir())
    files[1].unlink()
    plan = plan_build(tasks(12), tmp_path, seed=6, smoke=2)
    assert (list(plan.deleted), list(plan.todo)) == ([files[1].stem], [])
    assert "1 scenario that an earlier build wrote and somebody deleted: not written again " in (
        plan.estimate(author)
    )
    assert (build(author, tmp_path).written, files[1].exists()) == (0, False)
    assert (build(author, tmp_path, restore=True).written, files[1].exists()) == (1, True)


def test_a_later_build_writes_the_types_that_were_asked_for_and_no_others(tmp_path, author):
    assert build(author, tmp_path, types=["agreement"]).written == 10
    assert build(author, tmp_path).written == 0
    assert build(author, tmp_path, types=["ending"]).written == 10
    plan = plan_build(tasks(12), tmp_path, seed=6, smoke=2, with_test=True)
    assert {order.kind for order in plan.todo} == {"agreement", "ending"}


def test_a_smoke_split_that_can_prove_nothing_is_told_before_it_is_paid_for(tmp_path, author):
    few = plan_build(tasks(12), tmp_path, seed=6, smoke=2, types=["agreement"])
    note = "The smoke split will have 2 scenarios; with fewer than 6 no gain can be proven"
    assert note in few.estimate(author)
    assert note not in plan_build(tasks(12), tmp_path, seed=6, smoke=2).estimate(author)


def test_a_rewrite_leaves_alone_what_a_person_edited(tmp_path, author):
    build(author, tmp_path)
    files = sorted((tmp_path / "scenarios").iterdir())
    files[0].write_text(files[0].read_text() + "# edited by hand\n")
    report = build(author, tmp_path, rewrite=True)
    assert (report.written, report.plan.unchanged) == (49, 1)
    assert f"{files[0].stem}: was edited since it was written" in str(report)
    assert files[0].read_text().endswith("# edited by hand\n")
    (tmp_path / "written.json").write_text("[")
    with pytest.raises(DatasetError, match=r"written\.json: is no JSON"):
        plan_build(tasks(12), tmp_path, seed=6, smoke=2)


def test_a_scenario_that_fails_is_named_and_nothing_is_written_for_it(tmp_path):
    lm, _ = scripted(
        lambda request: (
            RuntimeError("down") if "AB1003X" in request.messages[0].text else "nonsense"
        )
    )
    report = build_dataset(
        plan_build(tasks(8), tmp_path, seed=6, smoke=1), uso.ScenarioAuthor(lm), tmp_path
    )
    assert report.written == 0
    assert len(report.failed) == 30
    assert "no JSON object" in str(report)
    assert not (tmp_path / "scenarios").exists()


def test_the_offline_author_s_criteria_come_from_the_story(author):
    drafts = [author(task=tasks(1)[0], kind=kind) for kind in STANDARD.types]
    text = " ".join(str(criterion.check) for made in drafts for criterion in made.scenario.criteria)
    assert "mia_li_1000" in text
    assert "Monday May 1" in text


@pytest.mark.parametrize("kind", STANDARD.types)
def test_the_offline_author_s_scenarios_have_neither_fault_nor_advice(author, kind):
    for task in uso.load_dataset(FIRST_FORM).tasks.values():
        made = author(task=task, kind=kind)
        assert made.advice == ()
        assert lint_scenario(task, made.scenario, strict=True) == []
        assert len(made.scenario.examples.natural) == 5


def test_a_build_that_is_interrupted_keeps_what_is_finished_and_drops_what_waits(tmp_path):
    seen, numbers = [], itertools.count(1)

    class ALittleAhead(uso.ScenarioAuthor):
        def forward(self, **asked):
            number = next(numbers)
            until(lambda: len(seen) >= number - 4)
            return super().forward(**asked)

    def interrupt(draft):
        seen.append(draft.id)
        if len(seen) == 3:
            raise KeyboardInterrupt

    plan = plan_build(tasks(8), tmp_path, seed=6, smoke=1)
    with pytest.raises(KeyboardInterrupt):
        build_dataset(
            plan,
            ALittleAhead(uso.connect("offline/author")),
            tmp_path,
            workers=2,
            progress=interrupt,
        )
    assert 3 <= len(seen) < len(plan.todo)
    assert sorted(path.stem for path in (tmp_path / "scenarios").iterdir()) == sorted(seen)
    assert plan_build(tasks(8), tmp_path, seed=6, smoke=1).unchanged == len(seen)


def test_a_brace_in_an_author_s_thoughts_does_no_harm():
    answer = '<think>shape {"turns": [...]}</think>{"turns": [{"role": "agent", "text": "Hi"}]}'
    assert read_draft(answer, ConversationDraft).turns[0].text == "Hi"


def test_types_are_written_where_they_are_asked_for_and_keep_their_numbers(tmp_path, author):
    first = build(author, tmp_path, n=5, types=["agreement"])
    assert (first.written, first.failed) == (4, {})
    second = build(author, tmp_path, n=5, types=["all"])
    assert (second.written, second.plan.unchanged, second.failed) == (28, 4, {})
    data = load_dataset(tmp_path)
    numbers = {(scenario.type, scenario.number) for scenario in data.scenarios.values()}
    assert numbers == set(zip(STANDARD.types, range(1, 9), strict=True))
    assert build(author, tmp_path, n=5).written == 0


def test_without_names_a_build_writes_the_five_types_of_the_study(tmp_path, author):
    assert build(author, tmp_path, n=5).written == 20
    types = {scenario.type for scenario in load_dataset(tmp_path).scenarios.values()}
    assert types == set(list(STANDARD.types)[:5])


def test_a_rewrite_is_of_the_types_that_are_named_or_of_all_that_was_written(tmp_path, author):
    build(author, tmp_path, n=5, types=["all"])
    assert build(author, tmp_path, n=5, types=["ending"], rewrite=True).written == 4
    assert build(author, tmp_path, n=5, rewrite=True).written == 32
    with pytest.raises(InputError, match="the type 'endings' is not known; expected all, or some"):
        plan_build(tasks(5), tmp_path, seed=6, smoke=2, types=["endings"])


@pytest.mark.parametrize("kind", ["agreement", "ending", "corrected"])
def test_what_the_offline_author_writes_where_the_agent_is_right_has_no_fault_and_no_advice(
    airline, author, kind
):
    for task in [airline.tasks[name] for name in ("001", "004", "007", "023", "047")]:
        made = author(task=task, kind=kind)
        assert made.scenario is not None, made.faults
        assert lint_scenario(task, made.scenario, strict=True) == []


def test_the_offline_author_s_endings_are_done_unconfirmed_or_have_a_wish_open(author):
    stories = {
        "leaves": "You want to cancel reservation AB1000X!!",
        "says_yes": "You want to cancel reservation AB1000X!",
        "names_what_is_open": "You want to cancel reservation AB1000X. You want a window seat.",
    }
    for criterion, story in stories.items():
        task = Task(id="001", domain="airline", source="test:1", story=story)
        scenario = author(task=task, kind="ending").scenario
        assert scenario.criteria[0].id == criterion
        assert scenario.may_stop == (criterion == "leaves")


def test_test_tasks_get_scenarios_only_where_that_is_asked_for(tmp_path):
    without = plan_build(tasks(12), tmp_path, seed=6, smoke=2)
    test = set(without.splits["test"])
    assert test
    assert not {order.task.id for order in without.todo} & test
    with_test = plan_build(tasks(12), tmp_path, seed=6, smoke=2, with_test=True)
    assert with_test.splits == without.splits
    assert {order.task.id for order in with_test.todo} >= test
    # What a build without them wrote stays.
    before = {order.id for order in without.todo}
    assert before < {order.id for order in with_test.todo}
