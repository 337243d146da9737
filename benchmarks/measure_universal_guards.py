"""Measure the universal guards on planted faults and on clean replies: see --help."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import _command_line
from _guarded_replies import Reply, natural, planted, recorded

import usersim_opt as uso
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.layout import grid
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.measuring.universal.guard import PREFIX, broken

CHATS = Path("tests/corpus/planted")
COLUMNS = ("replies", "guard", "objections", "share", "95 % interval")


@dataclass(frozen=True)
class Ruling:
    """What the guards say to a reply: the evidence by guard."""

    reply: Reply
    evidence: Mapping[str, str]

    @property
    def is_wrong(self) -> bool:
        """Whether the fault was not found, or a clean reply was objected to."""
        fault = self.reply.fault
        return fault not in self.evidence if fault else bool(self.evidence)


def main() -> int:
    """Show the guards the planted faults of a corpus and clean replies.

    Print for each guard how many of its faults it finds and to how many clean replies it objects,
    with Wilson's 95 % interval, then everything that it gets wrong, and each objection to a
    recorded reply.
    """
    parser = _command_line.parser(__doc__)
    corpus = "YAML: for each half, by guard or `clean`, a list of {in: scenario, reply: text}"
    replies = "recorded replies, a line each: {scenario, prompt, reply} as JSON; more fields may be"
    parser.add_argument("corpus", type=Path, help=corpus)
    parser.add_argument("--dataset", type=Path, default=CHATS, help="dataset folder")
    parser.add_argument("--replies", type=Path, action="append", default=[], help=replies)
    args = parser.parse_args()
    data = uso.load_dataset(args.dataset)
    groups = [*planted(args.corpus), list(natural(data))]
    groups += [list(recorded(path)) for path in args.replies]
    rulings = [[_ruling(reply, data) for reply in group] for group in groups]
    print(grid(COLUMNS, [row for group in rulings for row in _rows(group)]))
    for ruling in (each for group in rulings for each in group if each.is_wrong):
        _print_wrong(ruling)
    return 0


def _ruling(reply: Reply, data: uso.Dataset) -> Ruling:
    scenario = data.scenarios.get(reply.scenario)
    if scenario is None:
        raise DatasetError(f"{reply.origin}: the data set has no scenario {reply.scenario!r}")
    verdicts = broken(uso.universal_guards(), reply.text, scenario.moment)
    return Ruling(reply, {_name(verdict): verdict.evidence for verdict in verdicts})


def _name(verdict: Verdict) -> str:
    return verdict.criterion.removeprefix(PREFIX)


def _rows(rulings: Sequence[Ruling]) -> Iterator[tuple[str, ...]]:
    """A line for each guard with planted faults, then the objections to clean replies."""
    by_fault = dict.fromkeys(ruling.reply.fault for ruling in rulings if ruling.reply.fault)
    for fault in by_fault:
        of_fault = [ruling for ruling in rulings if ruling.reply.fault == fault]
        found = sum(fault in ruling.evidence for ruling in of_fault)
        yield _row(f"{of_fault[0].reply.origin}, planted", fault, found, len(of_fault))
    clean = [ruling for ruling in rulings if not ruling.reply.fault]
    for origin in dict.fromkeys(ruling.reply.origin for ruling in clean):
        yield from _clean_rows(origin, [each for each in clean if each.reply.origin == origin])


def _clean_rows(origin: str, rulings: Sequence[Ruling]) -> Iterator[tuple[str, ...]]:
    """A line for each guard that objects, and one for any of them."""
    objecting = dict.fromkeys(name for ruling in rulings for name in ruling.evidence)
    for name in objecting:
        number = sum(name in ruling.evidence for ruling in rulings)
        yield _row(f"{origin}, clean", name, number, len(rulings))
    wrong = sum(bool(ruling.evidence) for ruling in rulings)
    yield _row(f"{origin}, clean", "any", wrong, len(rulings))


def _row(replies: str, guard: str, number: int, of: int) -> tuple[str, ...]:
    low, high = wilson(number, of)
    share = number / max(1, of)
    return (replies, guard, f"{number}/{of}", f"{share:.1%}", f"{low:.1%} to {high:.1%}")


def _print_wrong(ruling: Ruling) -> None:
    reply = ruling.reply
    objections = "; ".join(_listed(ruling.evidence.items())) or "no objection"
    wanted = f", planted {reply.fault}" if reply.fault else ""
    print(f"\n{reply.origin} {reply.scenario}{wanted}: {objections}\n{reply.text}")


def _listed(evidence: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"{name}: {words}" for name, words in evidence)


if __name__ == "__main__":
    _command_line.run(main)
