"""Measure the universal guards on planted faults and on clean replies: see --help."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import _command_line

import usersim_opt as uso
from usersim_opt.basics import strict_yaml
from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.layout import grid
from usersim_opt.basics.statistics import wilson
from usersim_opt.measuring.outcome import Verdict
from usersim_opt.measuring.universal.guard import PREFIX, broken

AIRLINE = Path("datasets/airline")
CLEAN = "clean"
"""The list of a half that holds replies to which no guard may object."""
COLUMNS = ("replies", "guard", "objections", "share", "95 % interval")


@dataclass(frozen=True)
class Reply:
    """A reply in the moment of a scenario, and the guard that has to object, if any."""

    origin: str
    scenario: str
    text: str
    fault: str = ""


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
    parser.add_argument("--dataset", type=Path, default=AIRLINE, help="dataset folder")
    parser.add_argument("--replies", type=Path, action="append", default=[], help=replies)
    args = parser.parse_args()
    data = uso.load_dataset(args.dataset)
    groups = [*_planted(args.corpus), list(_natural(data))]
    groups += [list(_recorded(path)) for path in args.replies]
    rulings = [[_ruling(reply, data) for reply in group] for group in groups]
    print(grid(COLUMNS, [row for group in rulings for row in _rows(group)]))
    for ruling in (each for group in rulings for each in group if each.is_wrong):
        _print_wrong(ruling)
    return 0


def _planted(corpus: Path) -> Iterator[list[Reply]]:
    """The replies of each half of a corpus; DatasetError if the file is none."""
    halves = strict_yaml.load(corpus)
    for half, lists in halves.items() if isinstance(halves, dict) else [("", None)]:
        if not isinstance(lists, dict) or not all(map(_is_list, lists.values())):
            raise DatasetError(
                f"{corpus}: expected for each half, by guard, a list of entries with the texts "
                "`in` and `reply`"
            )
        yield [
            Reply(str(half), entry["in"], entry["reply"], "" if name == CLEAN else name)
            for name, entries in lists.items()
            for entry in entries
        ]


def _is_list(entries: Any) -> bool:
    return isinstance(entries, list) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("in"), str)
        and isinstance(entry.get("reply"), str)
        for entry in entries
    )


def _natural(data: uso.Dataset) -> Iterator[Reply]:
    """The example replies of a data set that satisfy all criteria."""
    for scenario in data.scenarios.values():
        for reply in scenario.examples.natural:
            yield Reply("natural", scenario.id, reply)


def _recorded(path: Path) -> Iterator[Reply]:
    """Recorded replies; DatasetError for a line that holds none."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        if line.strip():
            yield _of_line(line, where=f"{path.name}:{number}", origin=path.stem)


def _of_line(line: bytes, *, where: str, origin: str) -> Reply:
    try:
        fields = json.loads(line)
        prompt = fields.get("prompt", "")
        return Reply(f"{origin} {prompt}".strip(), fields["scenario"], fields["reply"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(f"{where}: expected JSON with the texts scenario and reply") from error


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
