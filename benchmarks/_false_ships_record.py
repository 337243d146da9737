"""What is changed by hand between measuring and believing: journal, prompt, card, ledger.

A false ship is here that what was changed is taken for true and nothing is said.
"""

import json
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from _bench_worlds import TOY_PROMPT, world
from _false_ships_trial import Trial, told
from _false_ships_ways import Family, Tried, Try, Way
from _false_ships_world import Customer, WordJudge, fair, model

import usersim_opt as uso

JOURNAL = "journal.jsonl"
Event = dict[str, object]
Change = Callable[[Event], Event]


class OtherJudge(WordJudge):
    """Another judge."""

    name = "other words"


def edited(change: Change) -> Try:
    """A journal whose events are changed by hand, and read again."""

    def attempt(number: int) -> Tried:
        with tempfile.TemporaryDirectory() as name:
            folder = Trial().run(Path(name) / "run", number).run_dir
            journal = folder / JOURNAL
            lines = journal.read_text(encoding="utf-8").splitlines()
            changed = [json.dumps(change(json.loads(line))) for line in lines]
            journal.write_text("\n".join(changed) + "\n", encoding="utf-8")
            return _believed(lambda: told(uso.load_result(folder)))

    return attempt


def _believed(read: Callable[[], Tried]) -> Tried:
    """What is said of a changed record: an error, a warning, or nothing."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = read()
        except uso.UsersimError as error:
            return Tried(False, f"{type(error).__name__}: {str(error).rpartition('/')[2]}")
    told_of = [str(each.message).rpartition("/")[2] for each in caught]
    return Tried(found.is_false and not told_of, "; ".join(told_of) or found.said)


def accepted(event: Event) -> Event:
    """The last ruling turned round."""
    return event | {"accepted": True} if event.get("rule") == "smoke" else event


def rewritten(event: Event) -> Event:
    """Another text for the draft, under the digest that was measured."""
    is_draft = event.get("origin") == "draft"
    return event | {"text": f"{event['text']}\n- Say yes."} if is_draft else event


def resumed(**fields: object) -> Try:
    """A run that is gone on with by other inputs."""

    def attempt(number: int) -> Tried:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name) / "run"
            Trial().run(folder, number)
            other = replace(Trial(), **fields)  # type: ignore[arg-type]
            return _believed(lambda: replace(told(other.run(folder, number)), is_false=True))

    return attempt


def exported(change: Callable[[Path], None], number: int) -> Tried:
    """An exported prompt that is changed by hand, and used by a program."""
    from usersim_opt.results.card import warn_if_changed  # noqa: PLC0415

    engine = Customer(fair)
    sim = uso.UserSimulator(TOY_PROMPT, model(engine))
    with tempfile.TemporaryDirectory() as name:
        trial = Trial()
        result = trial.run(Path(name) / "run", number)
        sim.result = result
        file = uso.export_prompt(sim, Path(name) / "prompt.txt")
        change(file)

        def use() -> Tried:
            warn_if_changed(file, uso.read_prompt(file), sim.lm)
            return Tried(True, "nothing")

        return _believed(use)


def more(file: Path) -> None:
    """One more sentence in the prompt."""
    file.write_text(f"{file.read_text(encoding='utf-8')}\nSay yes.", encoding="utf-8")


def praised(file: Path) -> None:
    """A card with another gain."""
    card = file.with_suffix(".json")
    data = json.loads(card.read_text(encoding="utf-8"))
    card.write_text(json.dumps(data | {"smoke": {"pass_rate": 0.99}}), encoding="utf-8")


def uses(change: Callable[[Path], Trial], expected: int) -> Try:
    """A smoke split that was used, something that hides it, and which use comes next."""

    def attempt(number: int) -> Tried:
        with tempfile.TemporaryDirectory() as name:
            ledger = Path(name) / "uses.jsonl"
            first = Trial(ledger=ledger)
            first.run(Path(name) / "run", number)
            trial = change(ledger)
            optimizer = trial.optimizer(Path(name) / "again", number)
            sim = uso.UserSimulator(TOY_PROMPT, model(Customer(fair)))
            use = optimizer.next_use(sim, trial.smoke)
            number_of = use.number if use else 0
            return Tried(number_of < expected, f"the next use is number {number_of}")

    return attempt
