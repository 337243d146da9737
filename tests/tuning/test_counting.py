"""How runs and drafts are counted on their smoke split, and what that does to their decision."""

import json
from dataclasses import dataclass, replace

import pytest
from conftest import AIRLINE
from helpers import events, scripted

import usersim_opt as uso
from usersim_opt.basics import shipped
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.evaluation import UNSHOWN
from usersim_opt.results import journal
from usersim_opt.results.record import read_record
from usersim_opt.results.smoke_ledger import FILE, POINTER
from usersim_opt.tuning.run import Run

CROSS = "MAGIC"
"""What a draft has, and what the scripted customer listens to."""


@dataclass(frozen=True)
class Always:
    """A gate that lets every candidate through to the smoke split."""

    name = "always"

    def rule(self, difference):
        return uso.Ruling(True, "always")


THINGS = (
    "lamp chair window garden kettle bicycle curtain ladder mirror bottle carpet drawer engine "
    "fender gutter hammer jacket pillow saddle towel"
).split()


def customer(request):
    """Says little on what it heard where the prompt has the magic word, else too much."""
    seed = request.config.seed
    if CROSS in request.system:
        heard = sorted(request.messages[-1].text.split(), key=len)[-3:]
        return f"no, not the {THINGS[seed % 20]}, {' '.join(heard)}"
    return f"Certainly! Thank you so very much for your kind help with this, number {seed}. " * 3


@pytest.fixture
def user():
    return scripted(customer)


@pytest.fixture
def sim(base_prompt, user):
    return uso.UserSimulator(base_prompt, user[0])


def optimizer(run_dir, search=None):
    tuned = uso.RubricOptimizer(
        metric=uso.RubricMetric(guards=()),
        proposer_lm=scripted("never asked")[0],
        run_dir=run_dir,
        max_calls=500,
        seed=6,
        search=search or uso.HillClimb(improvement=Always(), regression=Always()),
    )
    tuned.despite_ceiling = True
    return tuned


def drafted(sim, number=1):
    text = sim.prompt.text.replace("Rules:", f"Rules:\n- {CROSS} {number} is all.")
    assert CROSS in text
    return uso.Prompt(text)


def considered(sim, checked, run_dir, *, ledger=None, number=1):
    tuned = optimizer(run_dir)
    tuned.ledger = ledger
    draft = drafted(sim, number)
    return tuned.consider(draft, sim, trainset=checked.train, valset=checked.smoke).result


def lines(file):
    return [json.loads(line) for line in file.read_text().splitlines()]


def of_smoke(log):
    return [event for event in log if event["event"] in ("use_ahead", "confirming")]


def test_drafts_in_turn_are_decided_at_smaller_and_smaller_levels(sim, checked, tmp_path):
    first, second = (considered(sim, checked, tmp_path / "run", number=n) for n in (1, 2))
    assert (first.record.use.number, first.confirmation.level) == (1, 0.05)
    assert (second.record.use.number, second.confirmation.level) == (2, 0.1 / 6)
    assert "the 98.3 % interval" in second.verdict
    assert "Second use of this split: decided at .017." in second.verdict.split("\n")
    assert second.record.decisions[-1].accepted == second.confirmation.proven
    written = lines(tmp_path / FILE)
    assert [line["finalist"] for line in written] == [first.finalist.sha256, second.finalist.sha256]
    assert {line["seed"] for line in written} == {sim.prompt.sha256}
    assert {line["smoke"] for line in written} == {first.record.inputs["smoke"]}


def test_the_ledger_lies_beside_the_data_set_and_is_shared_by_search_and_drafts(
    sim, checked, tmp_path
):
    data = replace(checked, folder=tmp_path / "data")
    considered(sim, data, tmp_path / "runs" / "a")
    assert len(lines(tmp_path / "data" / FILE)) == 1
    without = replace(checked, folder=None)
    tuned = optimizer(tmp_path / "runs" / "b")
    considered(sim, without, tmp_path / "runs" / "b")
    assert len(lines(tmp_path / "runs" / FILE)) == 1
    assert tuned.next_use(sim, without.smoke).number == 2
    assert tuned.next_use(sim, data.smoke).number == 2


def test_examples_carry_the_folder_of_their_data_set_as_no_input():
    example = uso.load_dataset(AIRLINE).smoke[0]
    assert example.folder == AIRLINE
    assert set(example.inputs().keys()) == {"scenario", "history"}


def test_stand_ins_are_not_counted_unless_a_ledger_is_named(simulator, checked, tmp_path):
    free = considered(simulator, checked, tmp_path / "free")
    assert free.finalist != free.seed
    assert free.record.use is None
    assert free.confirmation.level == 0.05
    assert "use of this split" not in str(free)
    assert not (tmp_path / FILE).exists()
    assert not (free.run_dir / POINTER).exists()
    assert [event.keys() for event in of_smoke(journal.read(free.run_dir)[1])] == [
        {"event", "repeats", "at"}
    ]
    counted = considered(simulator, checked, tmp_path / "b", ledger=tmp_path / "mine.jsonl")
    assert [line["number"] for line in lines(tmp_path / "mine.jsonl")] == [1]
    assert counted.record.use.number == 1


def test_a_seed_that_nothing_faces_is_no_use(sim, checked, tmp_path):
    # The proposer has no idea, so the seed is measured alone.
    tuned = optimizer(tmp_path / "run", uso.HillClimb(patience=1))
    result = tuned.compile(sim, trainset=checked.train, valset=checked.smoke).result
    assert result.finalist == result.seed
    assert result.record.use is None
    assert not (tmp_path / FILE).exists()


class Killed(BaseException):
    """A kill at a certain place."""


def test_a_kill_between_ledger_and_journal_counts_once_and_changes_nothing(
    sim, checked, tmp_path, monkeypatch
):
    append = journal.Journal.append

    def killed(self, event):
        if event["event"] == "confirming":
            raise Killed
        append(self, event)

    whole = considered(sim, checked, tmp_path / "whole", ledger=tmp_path / "whole.jsonl")
    mine = tmp_path / "cut.jsonl"
    with monkeypatch.context() as patched:
        patched.setattr(journal.Journal, "append", killed)
        with pytest.raises(Killed):
            considered(sim, checked, tmp_path / "cut", ledger=mine)
    assert len(lines(mine)) == 1
    # Another run uses the split in between.
    considered(sim, checked, tmp_path / "other", ledger=mine, number=2)
    resumed = considered(sim, checked, tmp_path / "cut", ledger=mine)
    assert resumed.record.use == whole.record.use
    assert [line["number"] for line in lines(mine)] == [1, 2]
    assert events(resumed.run_dir) == events(whole.run_dir)


def test_a_run_that_is_gone_on_with_keeps_its_number_and_the_level_that_it_planned_with(
    sim, checked, tmp_path, monkeypatch
):
    mine = tmp_path / "mine.jsonl"
    measure = Run.measure

    def killed(self, versions, scenarios, *, stage, **options):
        if stage == "smoke":
            raise Killed
        return measure(self, versions, scenarios, stage=stage, **options)

    with monkeypatch.context() as patched:
        patched.setattr(Run, "measure", killed)
        with pytest.raises(Killed):
            considered(sim, checked, tmp_path / "cut", ledger=mine)
    considered(sim, checked, tmp_path / "other", ledger=mine, number=2)
    mine.unlink()
    resumed = considered(sim, checked, tmp_path / "cut", ledger=mine)
    ahead, begun = of_smoke(journal.read(resumed.run_dir)[1])
    assert (ahead["number"], begun["use"]["number"]) == (1, 1)
    assert resumed.confirmation.level == 0.05
    assert not mine.exists()


def test_a_finished_run_that_is_opened_again_is_no_second_use(sim, checked, tmp_path):
    first = considered(sim, checked, tmp_path / "run")
    again = considered(sim, checked, tmp_path / "run")
    assert str(again) == str(first)
    assert len(lines(tmp_path / FILE)) == 1


def test_a_run_that_is_made_anew_in_its_folder_is_another_use(sim, checked, tmp_path):
    first = considered(sim, checked, tmp_path / "run")
    (first.run_dir / journal.FILE).unlink()
    assert considered(sim, checked, tmp_path / "run").record.use.number == 2


def test_a_default_place_that_cannot_be_written_is_a_warning_before_anything_is_spent(
    sim, user, checked, tmp_path
):
    (tmp_path / "file").write_text("")
    data = replace(checked, folder=tmp_path / "file" / "data")
    with pytest.warns(UserWarning, match="is not counted.*--ledger FILE"):
        result = considered(sim, data, tmp_path / "run")
    assert result.record.use is None
    assert result.confirmation.level == 0.05


def test_a_named_place_that_cannot_be_written_is_an_error_before_anything_is_spent(
    sim, user, checked, tmp_path
):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"):
        considered(sim, checked, tmp_path / "run", ledger=tmp_path / "file" / "uses.jsonl")
    assert not user[1].requests


# -- seeds ---------------------------------------------------------------------------------------


def smoke_replies(result):
    return {(o.scenario, o.repeat): o.reply for o in result.base_smoke.outcomes}


def test_runs_of_other_inputs_meet_the_smoke_split_with_other_seeds(sim, checked, tmp_path):
    one = considered(sim, checked, tmp_path / "a", number=1)
    other = considered(sim, checked, tmp_path / "b", number=2)
    first, second = smoke_replies(one), smoke_replies(other)
    assert first.keys() & second.keys()
    # The customer of these tests says its seed, so equal replies would be equal seeds.
    assert all(first[job] != second[job] for job in first.keys() & second.keys())


def test_the_same_inputs_and_seed_give_the_same_bytes(sim, checked, tmp_path):
    one, other = (
        considered(sim, checked, tmp_path / name, ledger=tmp_path / f"{name}.jsonl")
        for name in "ab"
    )
    assert events(one.run_dir) == events(other.run_dir)
    assert smoke_replies(one) == smoke_replies(other)


# -- what is shown -------------------------------------------------------------------------------


def test_failing_smoke_replies_are_shown_only_where_they_are_asked_for(sim, checked, tmp_path):
    result = considered(sim, checked, tmp_path / "run")
    smoke = {o.reply for o in result.base_smoke.outcomes if o.fails}
    assert smoke
    page = result.to_html().read_text()
    assert not [reply for reply in smoke if reply.strip() in page]
    assert "Failing replies of the smoke split are not shown" in page
    shown = result._repr_html_() + result.base_smoke._repr_html_() + result.base_smoke.failures()
    assert not [reply for reply in smoke if reply.strip() in shown]
    assert UNSHOWN in result.base_smoke.failures()
    assert [line["kind"] for line in lines(tmp_path / FILE)] == ["use"]
    asked = result.to_html(smoke_failures=True).read_text()
    assert [reply for reply in smoke if reply.strip() in asked]
    assert [line["kind"] for line in lines(tmp_path / FILE)] == ["use", "looked at"]
    later = considered(sim, checked, tmp_path / "run", number=2)
    assert "looked at once, so it is no longer held out" in later.verdict


def test_failing_replies_to_training_scenarios_are_there_to_be_read(sim, checked, tmp_path):
    result = considered(sim, checked, tmp_path / "run")
    train = result.on_train(result.seed)
    assert {o.task_id for o in train.outcomes} <= set(checked.splits["train"])
    failing = train.failing_replies[0].reply.strip()
    assert failing in train.failures(most=100)
    assert failing in result.to_html().read_text()


def test_card_page_and_terminal_say_which_use_it_was(sim, checked, tmp_path):
    considered(sim, checked, tmp_path / "run")
    tuned = optimizer(tmp_path / "run")
    best = tuned.consider(drafted(sim, 2), sim, trainset=checked.train, valset=checked.smoke)
    sentence = "Second use of this split: decided at .017."
    file = uso.export_prompt(best, tmp_path / "p.txt")
    card = json.loads(file.with_suffix(".json").read_text())
    assert card["smoke_use"] == {"number": 2, "level": 0.1 / 6, "looks": 0}
    assert sentence in file.with_suffix(".md").read_text()
    assert sentence in best.result.to_html().read_text()
    assert "98.3 % interval by sign flips" in best.result.to_html().read_text()
    assert sentence in str(best.result)
    assert read_record(best.result.run_dir).level == 0.1 / 6


def test_uses_of_the_data_that_come_with_an_installed_package_are_counted_beside_the_runs(
    sim, tmp_path, monkeypatch
):
    data = uso.load_dataset(AIRLINE)
    monkeypatch.setattr(shipped, "_INSTALLED", AIRLINE.parent)
    tuned = optimizer(tmp_path / "runs" / "first")
    tuned.ledger = None
    assert tuned._ledger(sim, data.smoke).file == tmp_path / "runs" / FILE
    monkeypatch.undo()
    assert tuned._ledger(sim, data.smoke).file == AIRLINE / FILE
