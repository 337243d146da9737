"""What is changed by hand after a run: exported prompts, cards, the ledger of the smoke split."""

import json
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from _bench_toys import TOY_PROMPT
from _false_ships_record import believed
from _false_ships_trial import Trial
from _false_ships_ways import Family, Tried, Try, Way
from _false_ships_world import Customer, fair, model

import usersim_opt as uso
from usersim_opt.results.card import warn_if_changed
from usersim_opt.scenarios.dataset import example


def exported(change: Callable[[Path], None], number: int) -> Tried:
    """An exported prompt that is changed by hand, and used by a program."""
    sim = uso.UserSimulator(TOY_PROMPT, model(Customer(fair)))
    with tempfile.TemporaryDirectory() as name:
        sim.result = Trial().run(Path(name) / "run", number)
        file = uso.export_prompt(sim, Path(name) / "prompt.txt")
        change(file)

        def use() -> Tried:
            warn_if_changed(file, uso.read_prompt(file), sim.lm)
            return Tried(True, "nothing")

        return believed(use)


def more(file: Path) -> None:
    """One more sentence in the prompt."""
    file.write_text(f"{file.read_text(encoding='utf-8')}\nSay yes.", encoding="utf-8")


def praised(file: Path) -> None:
    """A card with another gain."""
    card = file.with_suffix(".json")
    data = json.loads(card.read_text(encoding="utf-8"))
    better = data["compared_with_seed"] | {"gain": 0.3}
    card.write_text(json.dumps(data | {"compared_with_seed": better}), encoding="utf-8")


Change = Callable[[Path], Trial]
"""Something that is done to a ledger, and the trial that is made next."""


def uses(change: Change) -> Try:
    """A smoke split that was used once, a change, and which use is counted next."""

    def attempt(number: int) -> Tried:
        with tempfile.TemporaryDirectory() as name:
            ledger = Path(name) / "uses.jsonl"
            Trial(ledger=ledger).run(Path(name) / "run", number)
            return believed(lambda: _next_use(change(ledger), Path(name) / "again"))

    return attempt


def _next_use(trial: Trial, folder: Path) -> Tried:
    sim = uso.UserSimulator(TOY_PROMPT, model(Customer(fair)))
    use = trial.optimizer(folder, 0).next_use(sim, trial.smoke)
    number = use.number if use else 0
    return Tried(number < 2, f"the second run is counted as use {number}")


def made_anew(ledger: Path) -> Trial:
    """The run folder is deleted; the ledger stays."""
    shutil.rmtree(ledger.parent / "run")
    return Trial(ledger=ledger)


def deleted(ledger: Path) -> Trial:
    """The ledger is deleted."""
    ledger.unlink()
    return Trial(ledger=ledger)


def spoiled(ledger: Path) -> Trial:
    """Its line is made unreadable."""
    ledger.write_text(ledger.read_text(encoding="utf-8").replace("use", "us"), encoding="utf-8")
    return Trial(ledger=ledger)


def touched(ledger: Path) -> Trial:
    """One word of one scenario is another one."""
    trial = Trial(ledger=ledger)
    first, *others = trial.smoke
    turn = first.record.history[-1]
    changed = turn.model_copy(update={"text": f"{turn.text} "})
    record = first.record.model_copy(update={"history": (*first.record.history[:-1], changed)})
    return replace(trial, smoke=[example(first.task, record), *others])


WAYS = Family(
    "After the run",
    [
        Way("prompt edited after export", "one more sentence", partial(exported, more)),
        Way("card edited by hand", "a gain of 30 points in it", partial(exported, praised)),
        Way("run folder deleted", "and the run made anew", uses(made_anew)),
        Way("ledger spoiled", "its line cannot be read", uses(spoiled)),
        Way("ledger deleted", "before the second run", uses(deleted)),
        Way("scenario touched", "a blank more in one scenario of the smoke split", uses(touched)),
    ],
)
