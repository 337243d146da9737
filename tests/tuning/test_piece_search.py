"""The search over pieces, in a world where it is known which sentences help."""

import shutil

import pytest
from conftest import AIRLINE
from helpers import events, scripted

import usersim_opt as uso
from usersim_opt.basics.text import sha256
from usersim_opt.scenarios import kinds
from usersim_opt.tuning.budget import Budget
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.piece_search import FIRST_PROPOSALS

ADVICE = {
    "Write very few words.": 0.3,
    "Refuse a plan that is wrong.": 0.3,
    "Thank the staff at length.": -0.3,
    "Breathe in and out.": 0.0,
    "Accept every offer at once.": -0.3,
    "Look at the sky now and then.": 0.0,
}


@pytest.fixture
def world(checked, base_prompt):
    """A simulator whose replies pass the more criteria the more good advice its prompt holds.

    With it comes a blind proposer; the metric needs no judge.
    """
    proposer, _ = scripted(proposing(base_prompt))
    return uso.UserSimulator(base_prompt, scripted(replying(checked))[0]), proposer


def replying(checked):
    """What the user model answers: the good example or the bad one, at a rate by the advice."""
    examples = {scenario.history[-1].text: scenario for scenario in checked.scenarios.values()}

    def reply(request):
        turn = request.messages[-1].text
        rate = 0.5 + sum(gain for words, gain in ADVICE.items() if words in request.system)
        passes = hash_share(request.system, str(request.config.seed), turn) < rate
        example = examples[turn].examples
        return example.natural[0] if passes else example.failures[0].reply

    return reply


def proposing(base):
    """What the proposer answers: the base prompt with advice that it has not been shown."""

    def propose(request):
        text = request.messages[-1].text.replace("\\u003c", "<")
        fresh = [words for words in ADVICE if words not in text] or list(ADVICE)
        words = fresh[int(hash_share(text, str(request.config.seed)) * len(fresh))]
        place = "\n\n<scenario>"
        return f"<prompt>{base.text.replace(place, chr(10) + '- ' + words + place)}</prompt>"

    return propose


def hash_share(*texts):
    return int(sha256("|".join(texts))[:8], 16) / 16**8


def tuned(world, checked, run_dir, **options):
    simulator, proposer = world
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(),
        proposer_lm=proposer,
        run_dir=run_dir,
        **({"max_calls": 900, "seed": 3} | options),
    )
    return optimizer.compile(simulator, trainset=checked.train, valset=checked.smoke)


def test_good_advice_is_kept_and_bad_advice_is_not(world, checked, tmp_path):
    best = tuned(world, checked, tmp_path / "run")
    text = best.result.finalist.text
    assert "Write very few words." in text
    assert "Refuse a plan that is wrong." in text
    assert "Thank the staff at length." not in text
    assert "Accept every offer at once." not in text
    assert best.result.shipped == best.result.finalist
    assert best.result.ended_by in (
        "the budget of 900 calls",
        "the search itself, which found nothing more",
    )


def test_pieces_are_worth_in_the_table_what_they_are_worth_in_the_world(world, checked, tmp_path):
    result = tuned(world, checked, tmp_path / "run", max_calls=1500).result
    worth = {
        piece.words: piece.effect
        for piece in uso.attribute(
            result.versions, result.record.outcomes, result.record.scenarios
        ).pieces
    }
    assert worth["Write very few words."].low > 0
    assert (
        worth.get("Thank the staff at length.", worth["Write very few words."]).mean
        < worth["Write very few words."].mean
    )


def test_every_minibatch_is_one_version_per_half_and_the_first_a_look_at_the_seed(
    world, checked, tmp_path
):
    record = tuned(world, checked, tmp_path / "run", max_calls=500).result.record
    stages = {}
    for outcome in record.outcomes:
        stages.setdefault(outcome.stage, set()).add(outcome.version)
    assert stages["001.look"] == {"v000"}
    samples = [versions for stage, versions in stages.items() if stage.endswith(".sample")]
    assert samples
    assert all(1 <= len(versions) <= 2 for versions in samples)
    assert sum(stage.startswith("001.") for stage in record.proposals) == FIRST_PROPOSALS


def test_a_new_incumbent_was_measured_beside_the_old_one_on_the_scenarios_before(
    world, checked, tmp_path
):
    result = tuned(world, checked, tmp_path / "run").result
    accepted = [d for d in result.decisions if d.rule == "regression" and d.accepted]
    assert accepted[-1].candidate == result.finalist.id
    assert {v.id for v in result.accepted[1:]} <= {d.candidate for d in accepted}
    for decision in accepted:
        at = int(decision.stage[:3])
        last = at if decision.stage.endswith(".close") else at - 1
        before = {
            o.scenario
            for o in result.record.outcomes
            if o.stage in (f"{last:03}.sample", f"{last:03}.look")
        }
        for version in (decision.candidate, decision.incumbent):
            assert {
                o.scenario for o in result.record.of_stage(decision.stage) if o.version == version
            } == before


def test_a_run_cut_off_ends_like_one_that_was_not(world, checked, tmp_path):
    whole = tuned(world, checked, tmp_path / "whole" / "run", max_calls=500)
    record = (tmp_path / "whole" / "run" / "journal.jsonl").read_bytes()
    (tmp_path / "cut" / "run").mkdir(parents=True)
    (tmp_path / "cut" / "run" / "journal.jsonl").write_bytes(record[: int(len(record) * 0.6)])
    again = tuned(world, checked, tmp_path / "cut" / "run", max_calls=500)
    assert again.prompt.text == whole.prompt.text
    assert events(tmp_path / "cut" / "run") == events(tmp_path / "whole" / "run")


def test_a_run_killed_while_it_closes_ends_where_it_had_ended(
    world, checked, tmp_path, monkeypatch
):
    """Minutes count from each start: without the record a resumed search would go on."""

    def early(self, spent, **prices):
        return "the budget of 1 minutes" if spent.calls > 300 else ""

    with monkeypatch.context() as patched:
        patched.setattr(Budget, "exhausted", early)
        whole = tuned(world, checked, tmp_path / "whole" / "run", max_calls=2000)
    lines = (tmp_path / "whole" / "run" / "journal.jsonl").read_bytes().splitlines(keepends=True)
    searched = next(i for i, line in enumerate(lines) if b'"event": "searched"' in line)
    assert any(b".close" in line for line in lines[searched:])
    (tmp_path / "cut" / "run").mkdir(parents=True)
    (tmp_path / "cut" / "run" / "journal.jsonl").write_bytes(b"".join(lines[: searched + 4]))
    again = tuned(world, checked, tmp_path / "cut" / "run", max_calls=2000)
    assert again.result.ended_by == "the budget of 1 minutes"
    assert again.prompt.text == whole.prompt.text
    assert events(tmp_path / "cut" / "run") == events(tmp_path / "whole" / "run")


def test_pieces_that_pass_the_guard_alone_and_not_together_do_not_ship(
    world, checked, tmp_path, monkeypatch
):
    both = [words for words, gain in ADVICE.items() if gain > 0]
    monkeypatch.setattr(
        Guard,
        "objections",
        lambda self, candidate, tried=(): (
            ["it tells"] if all(w in candidate.text for w in both) else []
        ),
    )
    result = tuned(world, checked, tmp_path / "run").result
    assert not all(words in result.finalist.text for words in both)
    refused = [d for d in result.decisions if d.rule == "guard" and d.candidate in result.versions]
    assert refused
    assert all(words in result.versions[refused[0].candidate].text for words in both)


def test_a_search_that_finds_nothing_more_ends_before_its_budget(world, checked, tmp_path):
    simulator, _ = world
    silent, _ = scripted("no idea")
    best = tuned(
        (simulator, silent),
        checked,
        tmp_path / "run",
        max_calls=4000,
        search=uso.PieceSearch(min_gain=0.05),
    )
    assert best.result.ended_by == "the search itself, which found nothing more"
    assert sum(best.result.calls.values()) < 2000


def test_settings_are_part_of_the_name():
    assert (
        uso.PieceSearch().name == uso.PieceSearch().name != uso.PieceSearch(length_price=0.01).name
    )


ANOTHER_KIND = """\
families:
  small_talk:
    off_topic: speaking of something that has nothing to do with the matter
types:
  small_talk: {agent_turns: [3, 7], line: the last turn has the customer wait}
"""


def test_kinds_that_the_data_do_not_use_change_no_draw(world, checked, tmp_path, monkeypatch):
    tuned(world, checked, tmp_path / "plain" / "run", max_calls=300)
    shutil.copytree(AIRLINE, tmp_path / "data")
    (tmp_path / "data" / "kinds.yaml").write_text(ANOTHER_KIND)
    more = uso.load_dataset(tmp_path / "data")
    assert "small_talk.off_topic" in more.kinds.dimensions
    tuned(world, more, tmp_path / "more" / "run", max_calls=300)
    assert events(tmp_path / "more" / "run") == events(tmp_path / "plain" / "run")
    shifted = {"an.other": 0, **{name: n + 1 for name, n in kinds._DIMENSION_PLACE.items()}}
    monkeypatch.setattr(kinds, "_DIMENSION_PLACE", shifted)
    tuned(world, checked, tmp_path / "shifted" / "run", max_calls=300)
    assert events(tmp_path / "shifted" / "run") == events(tmp_path / "plain" / "run")


class Audited(uso.PieceSearch):
    """Sees that no round costs more than its price, the closing pair included."""

    def step(self, run, number, batch):
        most = run.spent.calls + self.price(run, batch)
        super().step(run, number, batch)
        assert run.spent.calls + 2 * run.price(batch) <= most


@pytest.mark.parametrize("size", [10, 20, 30])
def test_a_round_of_any_size_costs_no_more_than_its_price(world, checked, tmp_path, size):
    result = tuned(
        world, checked, tmp_path / "run", max_calls=700, minibatch_size=size, search=Audited()
    ).result
    assert result.record.rounds > 4
    assert sum(result.calls.values()) <= 700
