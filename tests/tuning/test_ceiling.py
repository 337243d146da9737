"""A run whose seed prompt leaves less than could be proven stops, and no other one does."""

import json
import shutil
import zlib
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from helpers import CRITERION, events, scenario

import usersim_opt as uso
from usersim_opt.basics.power import Spreads, logit_of
from usersim_opt.measuring.headroom import Headroom, Left
from usersim_opt.measuring.outcome import Grade, Verdict
from usersim_opt.results.card import card_of
from usersim_opt.results.card_page import markdown
from usersim_opt.results.journal import FILE
from usersim_opt.results.terminal import once
from usersim_opt.tuning.ceiling import MOST_LOOKS, SmokePlan, answer, scorable


class Lenient:
    """Fails a share of all verdicts, in thousandths, whatever the reply."""

    def __init__(self, per_mille):
        self.per_mille = per_mille
        self.name = f"lenient {per_mille}"

    def price(self, scenario):
        return 1

    def grade(self, scenario, reply):
        verdicts = [self._verdict(scenario, each, reply) for each in scenario.scored_criteria]
        return Grade(scenario=scenario.id, verdicts=tuple(verdicts))

    def _verdict(self, scenario, criterion, reply):
        number = zlib.crc32(f"{scenario.id} {criterion.id} {reply}".encode())
        outcome = "fail" if number % 1000 < self.per_mille else "pass"
        return Verdict(criterion=criterion.id, outcome=outcome, evidence="", source="check")


@dataclass(frozen=True)
class AnyGain:
    """A gate of somebody's own."""

    name = "any gain"

    def rule(self, difference):
        return uso.Ruling(difference.gain.mean > 0, "so be it")


@pytest.fixture
def tune(airline, simulator):
    """Tunes with a lenient metric; a few calls are enough to come to the ceiling."""

    def tuned(folder, per_mille=3, gate=None, metric=None, despite=False):
        optimizer = uso.RubricOptimizer(
            metric=metric or Lenient(per_mille),
            proposer_lm=uso.connect("offline/proposer"),
            run_dir=folder,
            max_calls=1200,
            seed=6,
        )
        optimizer.despite_ceiling = despite
        if gate:
            optimizer.smoke_gate = gate
        return optimizer.compile(simulator, trainset=airline.train, valset=airline.smoke)

    return tuned


@pytest.fixture(scope="module")
def stopped_dir(tmp_path_factory, airline):
    """The folder of a run that stopped; copy it before you change anything in it."""
    folder = tmp_path_factory.mktemp("stopped")
    seed = uso.read_prompt("optimized/airline/base.txt")
    optimizer = uso.RubricOptimizer(
        metric=Lenient(3),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=folder,
        max_calls=1200,
        seed=6,
    )
    user = uso.UserSimulator(seed, uso.connect("offline/user", temperature=0.9))
    optimizer.compile(user, trainset=airline.train, valset=airline.smoke)
    return folder


def test_at_the_ceiling_nothing_ships_but_the_seed_and_no_smoke_call_is_made(stopped_dir):
    result = uso.load_result(stopped_dir)
    assert result.record.stopped
    assert result.record.finished
    assert result.shipped == result.seed == result.finalist
    assert result.record.of_stage("smoke") == []
    assert sum(result.calls.values()) < 150
    assert result.ended_by.startswith("the ceiling")
    assert result.record.rounds == 1


def test_the_verdict_says_what_is_left_what_is_provable_and_what_helps(stopped_dir):
    result = uso.load_result(stopped_dir)
    outlook = result.record.outlook
    assert outlook.stops
    assert outlook.scored >= 90  # one minibatch is too few to tell
    assert outlook.assumed < 0.02
    text = str(result)
    for words in ("Left to gain: ", "is assumed to leave", "Provable on 74 scenarios of 10 tasks"):
        assert words in text
    for words in ("Nothing failed in", "docs/rubrics.md", "--despite-ceiling"):
        assert words in text
    assert "Stopped before the search" in result._repr_html_()


def test_watch_page_and_card_show_why_it_stopped(stopped_dir, tmp_path):
    assert "Stopped before the search" in once(stopped_dir, size=lambda: (110, 60))
    result = uso.load_result(stopped_dir)
    page = result.to_html(tmp_path / "page.html").read_text()
    assert "Stopped at the ceiling" in page
    assert "--despite-ceiling" in page
    simulator = uso.UserSimulator(result.seed.text)
    simulator.result = result
    card = json.loads(json.dumps(card_of(simulator)))
    assert not card["measured"]
    assert "Left to gain" in card["stopped"]
    assert "Stopped before the search" in markdown(card, "p.txt", use="-")


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_run_that_was_killed_before_it_stopped_ends_with_the_same_record(
    stopped_dir, tune, tmp_path, kept
):
    shutil.copytree(stopped_dir, tmp_path / "run")
    file = tmp_path / "run" / FILE
    whole = file.read_bytes()
    file.write_bytes(whole[: int(kept * len(whole))])
    assert tune(tmp_path / "run").result.record.stopped
    assert events(tmp_path / "run") == events(stopped_dir)


def test_a_stopped_run_stays_as_it_is_until_it_is_told_to_go_on(stopped_dir, tune, tmp_path):
    shutil.copytree(stopped_dir, tmp_path / "later")
    before = (tmp_path / "later" / FILE).read_bytes()
    assert tune(tmp_path / "later").result.record.stopped
    assert (tmp_path / "later" / FILE).read_bytes() == before
    later = tune(tmp_path / "later", despite=True).result
    at_once = tune(tmp_path / "at once", despite=True).result
    assert not later.record.stopped
    assert later.record.of_stage("smoke")
    assert "Before the search:" in str(later)
    assert events(tmp_path / "later") == events(tmp_path / "at once")
    # Once told, it need not be told again.
    assert tune(tmp_path / "at once").result.verdict == at_once.verdict


def test_with_something_to_gain_the_search_goes_on_after_one_look(tune, tmp_path):
    result = tune(tmp_path, per_mille=330).result
    assert not result.record.stopped
    assert result.record.outlook.replies == 10
    assert "Provable on 74 scenarios of 10 tasks" in str(result)
    assert result.record.of_stage("smoke")


def test_what_a_gate_of_ones_own_proves_is_not_known_so_it_never_stops(tune, tmp_path):
    result = tune(tmp_path, gate=AnyGain()).result
    assert result.record.outlook is None
    assert result.record.of_stage("smoke")


class OwnCriterion(Lenient):
    """Passes everything in a criterion that stands in no rubric."""

    def grade(self, scenario, reply):
        verdict = Verdict(criterion="own", outcome="pass", evidence="", source="check")
        return Grade(scenario=scenario.id, verdicts=(verdict,))


def test_of_criteria_that_the_rubric_does_not_have_nothing_is_told(tune, tmp_path):
    assert tune(tmp_path, metric=OwnCriterion(0)).result.record.outlook is None


# -- the rule ------------------------------------------------------------------------------------


def smoke(replies, tasks=5):
    criteria = [CRITERION | {"id": f"c{number}"} for number in range(4)]
    names = [f"{task:03}.{number}" for task in range(1, tasks + 1) for number in range(1, 4)]
    return SmokePlan({name: scenario(name, criteria=criteria) for name in names}, replies, 60)


def found(failed, looks=1):
    """What so many looks of ten replies with five verdicts found."""
    return Headroom(Left(failed, 50 * looks, 10 * looks), {})


@pytest.mark.parametrize(
    ("failed", "looks", "said"),
    [
        (0, 1, "look again"),  # 50 verdicts cannot exclude ten points
        (0, 2, "stop"),
        (1, 2, "look again"),
        (1, 3, "stop"),
        (5, 1, "go on"),  # ten points
        (17, 1, "go on"),
        (6, 2, "look again"),
    ],
)
def test_the_answer_follows_from_what_failed_in_how_many_looks(failed, looks, said):
    assert answer(found(failed, looks), smoke(4)) == said


@pytest.mark.parametrize(
    ("failed", "tasks", "said"),
    [
        (17, 2, "stop"),  # two tasks prove no gain, however large
        (24, 2, "stop"),
        (17, 4, "go on"),
        (0, 2, "look again"),  # little is left: it may be the rubric
    ],
)
def test_a_split_that_could_not_prove_a_prompt_without_a_fault_is_not_searched_for(
    failed, tasks, said
):
    assert answer(found(failed), smoke(6, tasks=tasks)) == said


def test_where_the_split_is_too_small_the_advice_is_more_tasks(airline, simulator, tmp_path):
    optimizer = uso.RubricOptimizer(
        metric=Lenient(400),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=tmp_path / "run",
        max_calls=400,
    )
    tasks = airline.splits["smoke"][:2]
    two = [each for each in airline.smoke if each.record.task_id in tasks][::2]
    result = optimizer.compile(simulator, trainset=airline.train, valset=two).result
    assert result.record.stopped
    assert "not even what a prompt without a fault gains" in result.verdict
    assert "move tasks from train to smoke in splits.yaml" in result.verdict
    assert "--despite-ceiling" in result.verdict
    assert sum(result.calls.values()) < 100


@cache
def answer_at(failed, looks, replies):
    """The answer to what so many looks found; many simulated runs come to the same."""
    return answer(found(failed, looks), smoke(replies))


def share_stopped(left, replies, *, runs):
    """How often runs of simulated seeds stop, looks and all."""
    rng = np.random.default_rng(8)
    logit = logit_of(np.array([1 - left]), Spreads().total)[0]
    effects = rng.normal(0, Spreads().total, (runs, MOST_LOOKS, 10, 1))
    chance = 1 / (1 + np.exp(-(logit + effects)))
    failed = (rng.random((runs, MOST_LOOKS, 10, 5)) >= chance).sum(axis=(2, 3)).cumsum(axis=1)
    stopped = 0
    for run in failed.tolist():
        for looks, number in enumerate(run, start=1):
            said = answer_at(number, looks, replies)
            if said != "look again":
                stopped += said == "stop"
                break
    return stopped / runs


@pytest.mark.parametrize("left", [0.1, 0.2, 0.3])
@pytest.mark.parametrize("replies", [1, 4])
def test_a_run_with_ten_points_or_more_to_gain_is_stopped_in_less_than_one_of_a_hundred(
    left, replies
):
    assert share_stopped(left, replies, runs=1000) < 0.01


def test_a_run_at_the_ceiling_is_stopped_in_most_cases():
    assert share_stopped(0.01, 4, runs=300) > 0.9


def test_without_a_judge_only_criteria_with_a_check_can_be_proven():
    open_criterion = {"id": "open", "dimension": CRITERION["dimension"], "text": "It is calm."}
    both = {"001.3": scenario(criteria=[CRITERION, open_criterion])}
    assert len(scorable(both, uso.RubricMetric())["001.3"].criteria) == 1
    assert scorable(both, Lenient(0)) is both
