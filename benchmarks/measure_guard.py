"""Measure the guard on a corpus of contaminated and clean candidates: python benchmarks/measure_guard.py --help."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import _command_line

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.layout import grid
from usersim_opt.basics.statistics import wilson
from usersim_opt.customer.prompt import Prompt
from usersim_opt.tuning.guard import Guard


def main() -> int:
    """Show every candidate of the corpus to the guard; print recall and false alarms, then what it got wrong."""
    parser = _command_line.parser(__doc__)
    parser.add_argument("corpus", type=Path, help="YAML: for each half a list of {id, class, text}")
    parser.add_argument(
        "--dataset",
        type=Path,
        default=Path("datasets/airline"),
        help="dataset folder; the guard knows its train split",
    )
    parser.add_argument(
        "--prompt",
        type=Path,
        default=Path("optimized/airline/base.txt"),
        help="the prompt that the pieces are added to",
    )
    args = parser.parse_args()
    data, base = uso.load_dataset(args.dataset), uso.read_prompt(args.prompt)
    guard = Guard.of([data.tasks[task] for task in data.splits["train"]], data.of("train"), base)
    halves = {
        half: [(one, _objections(guard, base, one["text"])) for one in entries]
        for half, entries in _read(args.corpus).items()
    }
    print(
        grid(
            ("half", "class", "turned away", "share", "95 % interval"),
            [row for half, seen in halves.items() for row in _rows(half, seen)],
        )
    )
    wrong = [
        (half, *one)
        for half, seen in halves.items()
        for one in seen
        if bool(one[1]) == (one[0]["class"] == "clean")
    ]
    for half, entry, objections in wrong:
        print(
            f"\n{half} {entry['id']} ({entry['class']}): {'; '.join(objections) or 'missed'}\n{entry['text']}"
        )
    return 0


def _read(corpus: Path) -> dict[str, list[dict[str, str]]]:
    """The entries of each half; DatasetError if the file is no such corpus."""
    halves = strict_yaml.load(corpus)
    lists = halves.values() if isinstance(halves, dict) else [None]
    entries = [entry for half in lists for entry in (half if isinstance(half, list) else [None])]
    if not all(
        isinstance(entry, dict)
        and all(isinstance(entry.get(key), str) for key in ("id", "class", "text"))
        for entry in entries
    ):
        raise DatasetError(
            f"{corpus}: expected for each half a list of entries with the texts id, class and text"
        )
    return {str(half): entries for half, entries in halves.items()}


def _objections(guard: Guard, base: Prompt, text: str) -> list[str]:
    """What the guard says to the base prompt with the pieces of an entry after its last one."""
    before, last, after = base.text.rpartition((base.pieces or base.parts)[-1].text.rstrip("\n"))
    return guard.objections(Prompt(f"{before}{last}\n{text}{after}"))


def _rows(half: str, seen: Sequence[tuple[dict[str, str], list[str]]]) -> Iterator[tuple[str, ...]]:
    """A line for each class, and one for all that is contaminated."""
    kinds = dict.fromkeys(entry["class"] for entry, _ in seen)
    for kind, of in {
        **{kind: {kind} for kind in kinds},
        "all contaminated": set(kinds) - {"clean"},
    }.items():
        found = [bool(objections) for entry, objections in seen if entry["class"] in of]
        low, high = wilson(sum(found), len(found))
        yield (
            half,
            kind,
            f"{sum(found)}/{len(found)}",
            f"{sum(found) / max(1, len(found)):.1%}",
            f"{low:.1%} to {high:.1%}",
        )


if __name__ == "__main__":
    _command_line.run(main)
