"""Measure the guard on a corpus of contaminated and clean candidates: measure_guard.py --help."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _command_line

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.layout import grid
from usersim_opt.basics.statistics import wilson
from usersim_opt.customer.prompt import Prompt
from usersim_opt.tuning.guard import Guard

Entry = dict[str, str]
"""A candidate of the corpus: id, class, text."""
COLUMNS = ("half", "class", "turned away", "share", "95 % interval")
AIRLINE, PROMPT = Path("datasets/airline"), Path("optimized/airline/base.txt")


@dataclass(frozen=True)
class Ruling:
    """What the guard says to an entry."""

    entry: Entry
    objections: Sequence[str]

    @property
    def is_wrong(self) -> bool:
        """Whether a clean entry was turned away, or a contaminated one was not."""
        return bool(self.objections) == (self.entry["class"] == "clean")


def main() -> int:
    """Show every candidate of the corpus to the guard.

    Print recall and false alarms, then what it got wrong.
    """
    parser = _command_line.parser(__doc__)
    corpus = "YAML: for each half a list of {id, class, text}"
    dataset, prompt = "dataset folder; the guard knows its train split", "the prompt to add to"
    parser.add_argument("corpus", type=Path, help=corpus)
    parser.add_argument("--dataset", type=Path, default=AIRLINE, help=dataset)
    parser.add_argument("--prompt", type=Path, default=PROMPT, help=prompt)
    args = parser.parse_args()
    halves = _rulings(args.corpus, uso.load_dataset(args.dataset), uso.read_prompt(args.prompt))
    print(grid(COLUMNS, [row for half, rulings in halves.items() for row in _rows(half, rulings)]))
    for half, rulings in halves.items():
        for ruling in rulings:
            if ruling.is_wrong:
                _print_wrong(half, ruling)
    return 0


def _rulings(corpus: Path, data: uso.Dataset, base: Prompt) -> dict[str, list[Ruling]]:
    """What the guard of the training split says to each entry, by half."""
    tasks = [data.tasks[task] for task in data.splits["train"]]
    guard = Guard.of(tasks, data.of("train"), base)
    return {
        half: [Ruling(entry, _objections(guard, base, entry["text"])) for entry in entries]
        for half, entries in _read(corpus).items()
    }


def _print_wrong(half: str, ruling: Ruling) -> None:
    entry, why = ruling.entry, "; ".join(ruling.objections) or "missed"
    print(f"\n{half} {entry['id']} ({entry['class']}): {why}\n{entry['text']}")


def _read(corpus: Path) -> dict[str, list[Entry]]:
    """The entries of each half; DatasetError if the file is no such corpus."""
    halves = strict_yaml.load(corpus)
    lists = halves.values() if isinstance(halves, dict) else [None]
    if not all(isinstance(half, list) and all(map(_is_entry, half)) for half in lists):
        raise DatasetError(
            f"{corpus}: expected for each half a list of entries with the texts id, class and text"
        )
    return {str(half): entries for half, entries in halves.items()}


def _is_entry(entry: Any) -> bool:
    return isinstance(entry, dict) and all(
        isinstance(entry.get(key), str) for key in ("id", "class", "text")
    )


def _objections(guard: Guard, base: Prompt, text: str) -> list[str]:
    """What the guard says to the base prompt with the pieces of an entry after its last one."""
    before, last, after = base.text.rpartition((base.pieces or base.parts)[-1].text.rstrip("\n"))
    return guard.objections(Prompt(f"{before}{last}\n{text}{after}"))


def _rows(half: str, rulings: Sequence[Ruling]) -> Iterator[tuple[str, ...]]:
    """A line for each class, and one for all that is contaminated."""
    classes = dict.fromkeys(ruling.entry["class"] for ruling in rulings)
    for name in classes:
        yield _row(half, name, [ruling for ruling in rulings if ruling.entry["class"] == name])
    contaminated = [ruling for ruling in rulings if ruling.entry["class"] != "clean"]
    yield _row(half, "all contaminated", contaminated)


def _row(half: str, name: str, rulings: Sequence[Ruling]) -> tuple[str, ...]:
    away, number = sum(bool(ruling.objections) for ruling in rulings), len(rulings)
    low, high = wilson(away, number)
    share = away / max(1, number)
    return (half, name, f"{away}/{number}", f"{share:.1%}", f"{low:.1%} to {high:.1%}")


if __name__ == "__main__":
    _command_line.run(main)
