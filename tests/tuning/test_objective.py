"""Realism terms in a run: what is measured of whom, at which cost, and what follows from it."""

import json
import math
import shutil

import pytest
from helpers import events, scripted
from talking import PEOPLE, PLAIN, WORDY, customer, desk, tuned_with

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ResumeMismatch, TooManyErrors
from usersim_opt.results import journal
from usersim_opt.results.report.costs import cost_tables
from usersim_opt.results.report.page import render

__all__ = ["tuned_with"]


def words(weight=0.0):
    """The words of a turn, beside people who use five."""
    return uso.ConversationFeatures(["user_words_per_turn"], PEOPLE, weight=weight)


def objective(*terms, agent=desk, **options):
    return uso.Objective(agent, terms or (words(),), **({"max_turns": 3} | options))


def test_a_prompt_that_talks_on_in_conversations_is_turned_down_where_that_is_required(tuned_with):
    result = tuned_with(objective(not_worse="all"))
    assert result.confirmation.proven
    assert result.shipped == result.seed != result.finalist
    ruling = result.decisions[-1]
    assert (ruling.stage, ruling.rule) == ("smoke", "term_loss")
    assert "features in whole conversations: -" in ruling.reason
    assert "a loss of 5.0 % is not excluded" in ruling.reason
    assert ruling.reason in str(result)
    assert "features" in render(result.record)


def test_the_same_prompt_ships_where_it_is_not_required(tuned_with):
    result = tuned_with(objective())
    assert result.shipped == result.finalist != result.seed
    (row,) = result.terms.rows
    assert row.change.gain.mean < -0.5
    assert row.ruling == "not required (p 1.000)"
    assert "whole conversations" in str(result)
    assert "Whole conversations" in render(result.record)


def test_a_prompt_that_is_as_good_in_conversations_ships_with_its_figures(tuned_with, tmp_path):
    result = tuned_with(objective(words(), uso.GuardsKept(), not_worse="all"), PLAIN)
    assert result.shipped == result.finalist
    assert [row.ruling for row in result.terms.rows] == ["not worse (p 0.004)"] * 2
    best = uso.UserSimulator(result.shipped.text, customer()[0].lm)
    best.result = result
    card = json.loads(uso.export_prompt(best, tmp_path / "p.txt").with_suffix(".json").read_text())
    assert card["realism_terms"]["terms"]["features"]["required"] is True
    page = (tmp_path / "p.md").read_text()
    assert "whole conversations: guards" in page
    assert "a scenario holds one reply" not in page


def test_weights_say_which_finalist_faces_the_smoke_split(tuned_with):
    light = tuned_with(objective(words(0.0)), PLAIN, WORDY, folder="light")
    heavy = tuned_with(objective(words(1.0)), PLAIN, WORDY, folder="heavy")
    assert WORDY in light.finalist.text
    assert PLAIN in heavy.finalist.text
    chosen = {d.candidate: d.accepted for d in heavy.decisions if d.rule == "objective"}
    assert chosen == {heavy.finalist.id: True, light.finalist.id: False}


def test_the_seed_stays_where_no_finalist_is_above_it_and_no_use_of_the_split_is_counted(
    tuned_with,
):
    result = tuned_with(objective(words(5.0)))
    assert result.finalist == result.seed
    assert "by the objective no finalist was better" in result.verdict
    assert result.record.use is None


def test_the_front_of_the_finalists_has_the_terms_as_further_objectives(tuned_with):
    result = tuned_with(objective(words(0.1), finalists=2), PLAIN, WORDY)
    finalists = result.finalists
    assert set(finalists.rates[result.seed.id]) == {"communication_style", "features"}
    _, wordy, plain = finalists.versions.values()
    assert finalists.rates[plain.id]["features"] > finalists.rates[wordy.id]["features"]
    assert plain in finalists.front
    assert PLAIN in finalists.best({"communication_style": 1, "features": 1}).text
    assert "features" not in result.standings.rates[result.seed.id]


# -- costs and resuming ---------------------------------------------------------------------------


def test_the_cost_is_what_was_stated(tuned_with):
    chosen = objective(words(0.1), finalists=2)
    result = tuned_with(chosen, PLAIN, WORDY)
    plan = result.record.terms.plan
    # Three customer turns and two of the agent, about six and eight tasks.
    assert (plan.calls, plan.prompts) == ((30, 40), (3, 2))
    assert str(plan) == "realism terms: up to 40 calls per prompt, 5 prompts"
    paid = [each.calls for each in result.record.terms.measured]
    assert [sum(calls.values()) for calls in paid] == [30, 30, 30, 40, 40]
    assert result.calls["agent"] == 2 * (3 * 6 + 2 * 8)
    assert sum(result.calls.values()) <= 400
    calls, _ = cost_tables(result.reading)
    assert {row.role: row.again for row in calls.rows}.keys() >= {"user", "agent"}
    assert all(row.again == 0 for row in calls.rows)


def test_calls_are_kept_for_the_terms(tuned_with):
    with pytest.raises(InputError, match=r"realism terms: up to 40 calls.*give \d+ or more"):
        tuned_with(objective(words(0.1)), max_calls=180)


class Mortal:
    """The desk, until it is asked once too often."""

    name = "desk"

    def __init__(self, calls):
        self.left = calls

    def __call__(self, history):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return desk(history)


@pytest.mark.parametrize("calls", [3, 25])
def test_a_run_that_was_killed_among_its_conversations_pays_for_none_twice(
    tuned_with, tmp_path, calls
):
    whole = tuned_with(objective(words(0.1), agent=Mortal(10**6)), PLAIN, WORDY, folder="whole")
    sim, engine = customer()
    with pytest.raises(KeyboardInterrupt):
        tuned_with(
            objective(words(0.1), agent=Mortal(calls)), PLAIN, WORDY, folder="cut", simulator=sim
        )
    again = tuned_with(
        objective(words(0.1), agent=Mortal(10**6)), PLAIN, WORDY, folder="cut", simulator=sim
    )
    folders = [tmp_path / name / "run" for name in ("whole", "cut")]
    assert events(folders[0]) == events(folders[1])
    assert again.calls == whole.calls
    # The conversation under way is played again: its first turns are all that is paid for twice.
    assert len(engine.requests) - whole.calls["user"] <= 3
    talks = [{p.relative_to(f): p.read_bytes() for p in f.glob("talks/*/*.jsonl")} for f in folders]
    assert talks[0] == talks[1]
    assert len(talks[0]) == 5


def test_what_a_model_was_asked_is_not_asked_again(tuned_with, tmp_path):
    choice = '{"typed_by_a_person": "A"}'
    lm, judge = scripted(choice)
    asked = objective(uso.Preference(uso.BlindJudge(lm)), not_worse="all")
    whole = tuned_with(asked, folder="whole")
    # One that always takes the first prefers neither, so nothing is worse or better.
    assert whole.shipped == whole.finalist
    assert [row.new.mean for row in whole.terms.rows] == [0.5]
    assert whole.calls["preference"] == len(judge.requests) == 2 * (6 + 8)
    folder = tmp_path / "whole" / "run"
    lines = (folder / journal.FILE).read_bytes().splitlines(keepends=True)
    looks = [number for number, line in enumerate(lines) if b'"look"' in line]
    cut = tmp_path / "cut" / "run"
    shutil.copytree(folder, cut)
    (cut / journal.FILE).write_bytes(b"".join(lines[: looks[2]]))
    judge.requests.clear()
    again = tuned_with(asked, folder="cut")
    assert len(judge.requests) == 2 * (6 + 8) - 2 * 2
    assert again.calls == whole.calls


def test_a_look_whose_answer_cannot_be_read_is_left_out(tuned_with):
    lm, _ = scripted("neither of them")
    with pytest.raises(InputError, match="'preference' gave {}"):
        tuned_with(objective(uso.Preference(uso.BlindJudge(lm))))


def test_terms_are_part_of_what_a_run_is_made_from_and_runs_without_have_none(tuned_with):
    plain = tuned_with(None, folder="plain")
    assert "objective" not in plain.record.inputs
    assert plain.record.terms is None
    assert str(plain.terms) == plain.terms.html == ""
    assert not plain.finalists.rates
    tuned_with(objective(), folder="termed")
    with pytest.raises(ResumeMismatch, match="objective was"):
        tuned_with(objective(words(2.0)), folder="termed")
    with pytest.raises(ResumeMismatch, match="objective was"):
        tuned_with(None, folder="termed")


# -- what cannot be measured ----------------------------------------------------------------------


def test_an_agent_that_fails_every_time_ends_the_run_and_ships_nothing(tuned_with, tmp_path):
    def broken(history):
        raise RuntimeError("the desk is closed")

    with pytest.raises(TooManyErrors, match="the desk is closed"):
        tuned_with(objective(words(1.0), agent=broken))
    record = uso.read_record(tmp_path / "run" / "run")
    assert not record.finished
    assert record.terms is not None
    assert not record.terms.measured


class Odd:
    """A term of one's own; parts of it may be missing."""

    price, compares, weight, name = 0, False, 1.0, "odd"

    def __init__(self, **parts):
        for name, part in parts.items():
            setattr(self, name, part)

    def look(self, talk, base):
        return [1.0]

    def values(self, looks):
        return dict.fromkeys(looks, 1.0)


def test_a_term_of_one_s_own_is_measured(tuned_with):
    result = tuned_with(objective(Odd(), not_worse=["odd"]))
    assert result.shipped == result.finalist
    assert [row.new.mean for row in result.terms.rows] == [1.0]


@pytest.mark.parametrize("value", [math.nan, 2.0])
def test_a_term_that_gives_no_share_is_an_error(tuned_with, value):
    with pytest.raises(InputError, match="'odd' gave"):
        tuned_with(objective(Odd(values=lambda looks: dict.fromkeys(looks, value))))


def test_a_term_that_raises_stops_the_run(tuned_with):
    def look(talk, base):
        raise KeyError("x")

    with pytest.raises(TooManyErrors, match="the term 'odd' failed"):
        tuned_with(objective(Odd(look=look)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: objective(words(math.nan)), "weight is nan; expected a number"),
        (lambda: objective(words(-1.0)), "has the weight -1.0"),
        (lambda: objective(words(math.inf)), "weight is inf; expected a number"),
        (lambda: objective(Odd(name="")), "has no name"),
        (lambda: objective(Odd(name="judge")), "no role of a run"),
        (lambda: objective(words(), words()), "two terms are called 'features'"),
        (lambda: objective(Odd(price=-1)), "has the price -1"),
        (lambda: objective(Odd(look=None)), "has no method 'look'"),
        (lambda: objective(Odd(compares=None)), "whether it `compares`"),
        (lambda: uso.Objective(desk, []), "expected a list of one or more terms"),
        (lambda: objective(agent="desk"), "the agent is a str"),
        (lambda: objective(not_worse="features"), "expected 'all' or a list"),
        (lambda: objective(not_worse=["words"]), "not_worse names 'words'"),
        (lambda: objective(margin=0), "margin is 0"),
        (lambda: objective(margin="5 %"), "margin is 5 %"),
        (lambda: objective(tasks=0), "tasks is 0"),
        (lambda: uso.Preference("who"), "given by a str"),
        (lambda: uso.ConversationFeatures(["opening_words"]), "is not published"),
        (lambda: uso.ConversationFeatures(["none"], PEOPLE), "'none' is none"),
        (lambda: uso.ConversationFeatures(reference=[[]]), "the customer says nothing in it"),
    ],
)
def test_what_could_not_be_measured_is_said_at_once(make, message):
    with pytest.raises(InputError, match=message):
        make()


def test_a_preference_that_is_no_share_is_an_error(tuned_with):
    with pytest.raises(InputError, match="the preference is 2"):
        tuned_with(objective(uso.Preference(lambda talk, base: 2)))


def test_too_few_tasks_for_what_is_required_are_said_at_once(tuned_with):
    with pytest.raises(InputError, match="with fewer than 5 nothing can be shown"):
        tuned_with(objective(not_worse="all", tasks=4))


def test_what_is_no_objective_is_said_at_once(tuned_with):
    with pytest.raises(InputError, match="the objective is a list"):
        tuned_with([words()])
