"""The nine tags of the customers' faults: what a judge is asked, and how it is read and counted."""

import json

import pytest
from helpers import scripted
from made_simulations import runs

from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.answers import UnreadableError
from usersim_opt.tau import user_errors
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.user_error_table import JudgedRun, UserError, UserErrors
from usersim_opt.tau.user_errors import INSTRUCTIONS, SEVERITIES, TAGS, errors_in, judge_customers

PROMPT = Prompt("Play a customer.")


class FakeTask:
    """A task of tau2 as far as a judge needs it."""

    def __init__(self, name):
        self.id, self.user_scenario = name, f"story of {name}"


class FakeTasks:
    """Tasks of tau2 whose customers have no tools."""

    has_user_tools = False

    def __init__(self, domain, ids):
        self.tasks = [FakeTask(name) for name in ids]


@pytest.fixture
def found(monkeypatch):
    """One prompt on three tasks, of which a run was lost; no tau2 is needed."""
    monkeypatch.setattr(user_errors, "chosen", FakeTasks)
    simulations = [
        run.model_copy(
            update={"talk": run.talk.model_copy(update={"prompt_sha256": PROMPT.sha256})}
        )
        for run in runs(t0=[1, 0], t1=[0, 0], t2=[0, None])
    ]
    return Downstream(
        domain="airline",
        simulations={"base": tuple(simulations)},
        idle=(),
        texts={"t0": 0, "t1": 1, "t2": 2},
    )


def error(**changes):
    given = {"message": 1, "evidence": "thanks", "tag": "other", "severity": "minor"}
    return given | changes


def answer(*errors):
    return json.dumps({"errors": errors})


def material(request):
    text = request.messages[-1].text
    return json.loads(text.partition("<material>")[2].partition("</material>")[0])


def test_the_tags_are_those_of_tau2_and_the_judge_is_told_each():
    assert TAGS == (
        "hallucination", "incorrect_interpretation", "guideline_violation", "revealed_info_early",
        "inconsistent_behavior", "premature_termination", "missed_required_action",
        "wrong_sequence", "other",
    )  # fmt: skip
    assert all(f"- {name}: " in INSTRUCTIONS for name in (*TAGS, *SEVERITIES))
    assert "{tags}" not in INSTRUCTIONS


def test_a_judge_sees_story_prompt_and_numbered_messages_and_is_asked_once_a_conversation(found):
    lm, engine = scripted(lambda request: answer(error(severity="critical_hindered")))
    errors = judge_customers(found, {"base": PROMPT}, judge=lm, workers=1)
    asked = [material(request) for request in engine.requests]
    assert len(asked) == errors.calls
    assert {each["story"] for each in asked} == {"story of t0", "story of t1", "story of t2"}
    assert asked[0]["instructions"] == "Play a customer."
    assert asked[0]["conversation"][1] == {
        "message": 1,
        "customer": "thanks a lot",
        "after_it": "with this reply the customer leaves the chat",
    }
    assert errors.in_doubt("base") == (4, 4)
    assert errors.share("base", "other").mean == 1.0


@pytest.mark.parametrize("severity", ["critical_helped", "critical_hindered"])
def test_a_critical_fault_is_kept(severity):
    """tau2's user-only reader drops these two, and then says that there is no error."""
    (kept,) = errors_in(answer(error(severity=severity)), 3)
    assert kept == UserError(1, "other", severity, "thanks")
    assert errors_in(answer(), 3) == ()


@pytest.mark.parametrize(
    "text",
    [
        answer(error(severity="critical")),
        answer(error(tag="rude")),
        answer(error(message=4)),
        answer(error(message=True)),
        answer(error(message="1")),
        '{"errors": "none"}',
        '{"faults": []}',
        "no errors",
    ],
)
def test_what_cannot_be_read_is_no_innocence(text):
    with pytest.raises(UnreadableError):
        errors_in(text, 3)


def test_an_answer_that_cannot_be_read_twice_is_lost_counted_and_told(found):
    lm, _ = scripted(lambda request: answer(error(severity="critical")))
    errors = judge_customers(found, {"base": PROMPT}, judge=lm, workers=1)
    assert errors.readable("base") == []
    assert errors.share("base", "other") is None
    assert errors.in_doubt("base") == (0, 0)
    assert "Lost: the customer of task t0, trial 0" in str(errors)


def test_answers_are_kept_and_paid_once(found, tmp_path):
    file = tmp_path / "answers.jsonl"
    first, _ = scripted(lambda request: answer())
    again, engine = scripted(lambda request: answer(error()))
    for lm in (first, again):
        errors = judge_customers(found, {"base": PROMPT}, judge=lm, answers=file, workers=1)
    assert (engine.requests, errors.calls, errors.rows) == ([], 0, [])


def test_another_prompt_than_the_one_that_was_evaluated_is_refused(found):
    lm, _ = scripted(lambda request: answer())
    for prompts in ({"base": Prompt("Another.")}, {"tuned": PROMPT}, PROMPT):
        with pytest.raises(InputError, match="the prompt 'base' is missing, or is another text"):
            judge_customers(found, prompts, judge=lm)


def test_a_share_has_its_interval_over_texts_and_the_table_says_what_is_in_doubt():
    judged = tuple(
        JudgedRun(run, (UserError(1, "other", "critical_hindered", "x"),) if hit else ())
        for run, hit in zip(runs(t0=[0, 0], t1=[1, 0], t2=[1, 1]), [1, 1, 0, 0, 0, 0], strict=True)
    )
    texts = {"t0": 0, "t1": 1, "t2": 2}
    errors = UserErrors({"base": judged}, texts, TAGS, "m", 6, ())
    share = errors.share("base", "other")
    assert share.mean == pytest.approx(1 / 3)
    assert (share.low, share.high) == (0.0, 1.0)
    assert errors.in_doubt("base") == (2, 3)
    assert "base: 6 runs judged, 3 of them failed; in 2 of these the customer's fault" in str(
        errors
    )
    assert errors.rows[0] == {
        "prompt": "base", "task": "t0", "trial": 0,
        "message": 1, "tag": "other", "severity": "critical_hindered", "evidence": "x",
    }  # fmt: skip
    one_text = UserErrors({"base": judged}, dict.fromkeys(texts, 0), TAGS, "m", 6, ())
    assert one_text.share("base", "other").low is None
