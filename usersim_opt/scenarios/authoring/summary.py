"""The linter's findings as people read them: by kind, then the scenarios with the most of them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.figures import many, share_text
from usersim_opt.basics.layout import grid, some
from usersim_opt.basics.showing import visibly
from usersim_opt.scenarios.authoring.rules import Fault
from usersim_opt.scenarios.authoring.rules.quality import KINDS

WORST = 20
_FOLDER = "scenarios/"


@dataclass(frozen=True)
class Summary:
    """Findings in a data set of some scenarios; as a text, what there is to do about them."""

    found: Sequence[Fault]
    scenarios: int

    @property
    def counting(self) -> int:
        """The number of faults, which count by default."""
        return sum(fault.counts for fault in self.found)

    @property
    def advice(self) -> int:
        """The number of the others."""
        return len(self.found) - self.counting

    @property
    def line(self) -> str:
        """How many there are of each."""
        advice = f", {many(self.advice, 'piece')} of advice" if self.advice else ""
        return many(self.counting, "fault") + advice

    @property
    def by_kind(self) -> Mapping[str, Sequence[Fault]]:
        """The findings by kind: causes of others, faults, advice; the most frequent first."""
        groups = defaultdict(list)
        for fault in self.found:
            groups[fault.kind].append(fault)
        order = sorted(groups, key=lambda kind: (*_rank(kind), -len(groups[kind])))
        return {kind: groups[kind] for kind in order}

    @property
    def worst(self) -> Sequence[tuple[str, int, Sequence[str]]]:
        """Scenario file, weight of its findings, and their kinds; the heaviest first."""
        weights: Counter[str] = Counter()
        kinds: dict[str, Counter[str]] = defaultdict(Counter)
        for fault in self.found:
            if _is_of_scenario(fault):
                weights[fault.file] += fault.weight
                kinds[fault.file][fault.kind] += 1
        ordered = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return [(file, weight, _in_order(kinds[file])) for file, weight in ordered[:WORST]]

    @visibly
    def __str__(self) -> str:
        if not self.found:
            return self.line
        return "\n\n".join([self.line, self._kinds(), *self._mending(), *self._worst()])

    def _kinds(self) -> str:
        rows = [
            [kind, _word(KINDS[kind].counts), str(len(faults)), self._share(faults)]
            for kind, faults in self.by_kind.items()
        ]
        return grid(["kind", "what", "found", "scenarios"], rows)

    def _share(self, faults: Sequence[Fault]) -> str:
        """The share of scenarios with findings; a dash where they are of the set as a whole."""
        files = {fault.file for fault in faults if _is_of_scenario(fault)}
        return share_text(len(files) / self.scenarios) if files and self.scenarios else "-"

    def _mending(self) -> Iterator[str]:
        """For each kind one finding and what to do about all of them."""
        for kind, faults in self.by_kind.items():
            yield f"{kind}: {KINDS[kind].mend}\n  such as {faults[0]}"

    def _worst(self) -> Iterator[str]:
        rows = [[file, str(weight), some(kinds, most=4)] for file, weight, kinds in self.worst]
        if rows:
            head = "The scenario" if len(rows) == 1 else f"The {len(rows)} scenarios"
            yield f"{head} with the heaviest findings:"
            yield grid(["file", "weight", "kinds"], rows)


def _rank(kind: str) -> tuple[bool, bool]:
    return not KINDS[kind].first, not KINDS[kind].counts


def _word(counts: bool) -> str:
    return "fault" if counts else "advice"


def _is_of_scenario(fault: Fault) -> bool:
    return fault.file.startswith(_FOLDER) and fault.file != _FOLDER


def _in_order(kinds: Counter[str]) -> list[str]:
    """The kinds with their numbers where there are several: `loose_limit x2`."""
    return [f"{kind} x{n}" if n > 1 else kind for kind, n in kinds.most_common()]
