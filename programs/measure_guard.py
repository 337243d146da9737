"""Measure the guard on a corpus of contaminated and clean candidates: python programs/measure_guard.py --help."""

from collections.abc import Iterator, Mapping, Sequence
from math import sqrt
from pathlib import Path
from typing import Any

import _cli

import usersim_opt as uso
from usersim_opt import strict_yaml
from usersim_opt.prompt import Prompt
from usersim_opt.strategies.guards import Guard
from usersim_opt.tables import grid

CLEAN = "clean"


def main() -> int:
    """Show every candidate of the corpus to the guard; print recall and false alarms, then what it got wrong."""
    parser = _cli.parser(__doc__)
    parser.add_argument("corpus", type=Path, help="YAML: for each half a list of {id, class, text}")
    parser.add_argument("--dataset", type=Path, default=Path("datasets/airline"), help="dataset folder; the guard knows its train split")
    parser.add_argument("--prompt", type=Path, default=Path("optimized/airline/base.txt"), help="the prompt that the pieces are added to")
    args = parser.parse_args()
    data, base = uso.load_dataset(args.dataset), uso.read_prompt(args.prompt)
    guard = Guard.of([data.tasks[task] for task in data.splits["train"]], data.of("train"), base)
    halves = {
        half: [(entry, _objections(guard, base, entry["text"])) for entry in entries] for half, entries in strict_yaml.load(args.corpus).items()
    }
    print(grid(("half", "class", "turned away", "share", "95 % interval"), [row for half, seen in halves.items() for row in _rows(half, seen)]))
    for half, seen in halves.items():
        for entry, objections in seen:
            if bool(objections) == (entry["class"] == CLEAN):
                print(f"\n{half} {entry['id']} ({entry['class']}): {'; '.join(objections) or 'missed'}\n{entry['text']}")
    return 0


def _objections(guard: Guard, base: Prompt, text: str) -> list[str]:
    """What the guard says to the base prompt with the pieces of an entry after its last one."""
    last = base.pieces[-1].text.rstrip("\n")
    before, _, after = base.text.rpartition(last)
    return guard.objections(Prompt(f"{before}{last}\n{text}{after}"))


def _rows(half: str, seen: Sequence[tuple[Mapping[str, Any], list[str]]]) -> Iterator[tuple[str, ...]]:
    """A line for each class, and one for all that is contaminated."""
    kinds = dict.fromkeys(entry["class"] for entry, _ in seen)
    for kind, of in {**{kind: {kind} for kind in kinds}, "all contaminated": set(kinds) - {CLEAN}}.items():
        found = [bool(objections) for entry, objections in seen if entry["class"] in of]
        low, high = wilson(sum(found), len(found))
        yield half, kind, f"{sum(found)}/{len(found)}", f"{sum(found) / len(found):.1%}", f"{low:.1%} to {high:.1%}"


def wilson(n: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    z, share = 1.96, n / of
    middle, half = share + z * z / (2 * of), z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (middle - half) / (1 + z * z / of)), min(1.0, (middle + half) / (1 + z * z / of))


if __name__ == "__main__":
    _cli.run(main)
