"""Which verdicts are worth a person's minute, and why.

    two verdicts  code or a judge said one thing, and another judge says another
    unstable      the same judge said both of the same reply
    decisive      a version was accepted over another, and this verdict is one of those that differ
    flagged       the item statistics find the criterion doubtful

Reasons take turns, so that a worksheet is never of one kind alone; a verdict with several reasons
goes first. Of one criterion there are few: whether it is wrong is seen on the first ones.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import is_blank, spoken
from usersim_opt.measuring.items.analysis import item_analysis
from usersim_opt.measuring.outcome import Outcome, Verdict
from usersim_opt.results.review.opinions import Opinions
from usersim_opt.results.review.settings import SETTINGS
from usersim_opt.results.review.sources import Compared, Source

KINDS = ("two verdicts", "unstable", "decisive", "flagged")
"""The reasons in the order in which they take turns."""
Key = tuple[str, str, str]
"""Scenario, criterion, reply."""


@dataclass
class Found:
    """A verdict on one criterion of one reply, with the reasons to look at it."""

    version: str
    outcome: Outcome
    verdicts: list[tuple[str, Verdict]]
    """Different ones, each with who gave it."""
    why: dict[str, str] = field(default_factory=dict)
    """Reasons in words, by kind."""

    @property
    def criterion(self) -> str:
        """The id of the criterion."""
        return self.verdicts[0][1].criterion


class _Pool:
    """All verdicts of pass or fail, each reply once, and what speaks for looking at them."""

    def __init__(self, source: Source, opinions: Opinions) -> None:
        self.found: dict[Key, Found] = {}
        self._judge = source.judge
        for version, outcome in source.outcomes:
            if not is_blank(spoken(outcome.reply)):  # of nothing there is nothing to decide
                self._add(version, outcome)
        for key, found in self.found.items():
            self._ask(key, found, opinions)

    def _add(self, version: str, outcome: Outcome) -> None:
        for verdict in _scored(outcome):
            key = (outcome.scenario, verdict.criterion, outcome.reply)
            by = "code" if verdict.source == "check" else self._judge
            found = self.found.setdefault(key, Found(version, outcome, [(by, verdict)]))
            if found.verdicts[0][1].outcome != verdict.outcome:
                found.verdicts = [found.verdicts[0], (by, verdict)]
                found.why["unstable"] = f"{by} said both of the same reply"

    def _ask(self, key: Key, found: Found, opinions: Opinions) -> None:
        scenario, criterion, reply = key
        second = opinions.on(scenario, reply, criterion)
        if second is None:
            return
        by, first = found.verdicts[0]
        found.verdicts = [*found.verdicts, (opinions.by, second)]
        if first.outcome == second.outcome:
            return
        if by == opinions.by:
            found.why["unstable"] = f"{by} said {first.outcome}, and {second.outcome} when reversed"
        else:
            said = f"{by} says {first.outcome}, {opinions.by} {second.outcome}"
            found.why["two verdicts"] = said

    def decide(self, compared: Compared) -> None:
        """Mark the judged verdicts in which two versions differ that were compared."""
        old = {(each.scenario, each.repeat): each for each in compared.old}
        for new in compared.new:
            before = old.get((new.scenario, new.repeat))
            if before is not None:
                self._mark(before, new, compared.words)

    def _mark(self, before: Outcome, after: Outcome, words: str) -> None:
        was = {verdict.criterion: verdict for verdict in before.scored_verdicts}
        for verdict in after.scored_verdicts:
            other = was.get(verdict.criterion)
            if other is None or other.outcome == verdict.outcome or not verdict.judged:
                continue
            told = f"{words}: {verdict.outcome} here, {other.outcome} there"
            self._why(after, verdict, "decisive", told)
            told = f"{words}: {other.outcome} here, {verdict.outcome} there"
            self._why(before, other, "decisive", told)

    def _why(self, outcome: Outcome, verdict: Verdict, kind: str, words: str) -> None:
        found = self.found.get((outcome.scenario, verdict.criterion, outcome.reply))
        if found is not None:
            found.why.setdefault(kind, words)

    def flag(self, flags: Mapping[tuple[str, str], str]) -> None:
        """Mark a pass and a fail of each criterion that has flags."""
        seen: set[tuple[str, str, str]] = set()
        for (scenario, criterion, _), found in self.found.items():
            outcome = found.verdicts[0][1].outcome
            words = flags.get((scenario, criterion))
            if words and (scenario, criterion, outcome) not in seen:
                seen.add((scenario, criterion, outcome))
                found.why["flagged"] = words


def _scored(outcome: Outcome) -> Iterator[Verdict]:
    """The verdicts of pass or fail on criteria of the rubric, guards included."""
    yield from (verdict for verdict in (*outcome.verdicts, *outcome.guards) if verdict.scored)


def chosen(source: Source, opinions: Opinions, *, most: int) -> list[Found]:
    """The verdicts to look at, those that say most first; none where nothing speaks for any."""
    pool = _Pool(source, opinions)
    for compared in source.compared:
        pool.decide(compared)
    pool.flag(flags_of(source))
    known = {(s.id, c.id) for s in source.scenarios.values() for c in s.criteria}
    found = [each for key, each in pool.found.items() if each.why and key[:2] in known]
    return _few_of_each(_in_turns(found))[:most]


def flags_of(source: Source) -> dict[tuple[str, str], str]:
    """What the item statistics find of a criterion, in words; none where they find nothing."""
    try:
        analysis = item_analysis(dict(source.evaluations))
    except InputError:  # nobody answered anything, which is no fault of the criteria
        return {}
    told = {
        item.key: ", ".join(flag for flag in item.flags if flag in SETTINGS.flags)
        for item in analysis.items
    }
    return {key: f"the item statistics: {flags}" for key, flags in told.items() if flags}


def _in_turns(found: Sequence[Found]) -> list[Found]:
    """By kind in turns, those with more reasons first."""
    by_kind: dict[str, list[Found]] = defaultdict(list)
    for each in sorted(found, key=lambda each: -len(each.why)):
        first = next(kind for kind in KINDS if kind in each.why)
        by_kind[first].append(each)
    turns = zip_longest(*(by_kind[kind] for kind in KINDS))
    return [each for each in chain.from_iterable(turns) if each is not None]


def _few_of_each(found: Iterable[Found]) -> list[Found]:
    """At most so many of one criterion as the settings say."""
    taken: Counter[tuple[str, str]] = Counter()
    kept = []
    for each in found:
        key = each.outcome.scenario, each.criterion
        taken[key] += 1
        if taken[key] <= SETTINGS.per_criterion:
            kept.append(each)
    return kept
