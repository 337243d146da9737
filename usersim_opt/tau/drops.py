"""How much a trait of the customer takes from an agent: a row for each agent, a column for each.

    found = uso.tau.evaluate(uso.tau.trait_prompts(prompt, traits), agent, lm=user, trials=3)
    print(uso.tau.Drops({"openai/NAME": found}))

A drop is the agent's success with the trait less its success without, in percentage points, paired
by task and trial over the runs; the interval is over the customers' texts. Tasks that are won by
doing nothing cannot fall far, so a second row leaves them out. The table has the shape of that in
tau-trait's README, which has neither intervals nor that row.

Not covered: a correction for many columns; of twenty intervals one misses by chance.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, Interval, many, percent, points
from usersim_opt.basics.layout import grid, text
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.tau.scores import paired, success
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.traits import NONE

AVERAGE = "average"
_LEGEND = (
    "none: the agent's success without a trait, with its 95 % interval over texts; idle: that of "
    "an agent that does nothing. A drop is in percentage points, paired by task and trial, with "
    "its 95 % interval over texts; a star where success is proven to fall or to rise. The average "
    "is over the columns."
)


@dataclass(frozen=True, repr=False)
class Drops:
    """Evaluations by the name of the agent, each with a prompt `none` and one for each trait.

    InputError where there is none, and where they differ in their traits.
    """

    found: Mapping[str, Downstream]

    def __post_init__(self) -> None:
        if not self.found or not self.traits:
            raise InputError("there is no trait; expected evaluations of trait_prompts(...)")
        for agent, each in self.found.items():
            names = list(each.simulations)
            if names != [NONE, *self.traits]:
                wanted = ", ".join([NONE, *self.traits])
                raise InputError(f"{agent} has the prompts {', '.join(names)}; expected {wanted}")

    @property
    def traits(self) -> list[str]:
        """The columns."""
        first = next(iter(self.found.values()))
        return [name for name in first.simulations if name != NONE]

    def drop(self, agent: str, trait: str, *, trivial: bool = True) -> PairedDifference:
        """The gain of a trait for an agent, below zero where it takes; see scores.paired.

        Without `trivial` tasks that are won by doing nothing are left out. `average` is the trait
        over all columns. InputError where a side lacks runs, and for another name.
        """
        rows = self._runs(agent, trivial=trivial)
        plain = rows.of(NONE)
        if trait != AVERAGE:
            return paired(plain, rows.of(trait), rows.texts)
        return _average(rows, self.traits)

    def _runs(self, agent: str, *, trivial: bool) -> Downstream:
        if agent not in self.found:
            raise InputError(f"no agent is called {agent!r}; expected {', '.join(self.found)}")
        found = self.found[agent]
        return found if trivial else _without_trivial(found)

    @visibly
    def __repr__(self) -> str:
        return f"<Drops: {many(len(self.found), 'agent')}, {many(len(self.traits), 'trait')}>"

    @visibly
    def __str__(self) -> str:
        columns = [*self.traits, AVERAGE] if len(self.traits) > 1 else self.traits
        head = ["domain", "agent", "tasks", "idle", NONE, *columns]
        rows = [
            self._row(agent, columns, trivial=trivial)
            for agent in self.found
            for trivial in (True, False)
        ]
        return "\n".join([grid(head, rows), "", *self._notes()])

    def _repr_html_(self) -> str:
        return f"<pre>{text(self)}</pre>"

    def _row(self, agent: str, columns: list[str], *, trivial: bool) -> list[str]:
        runs = self._runs(agent, trivial=trivial)
        tasks = f"{len(runs.texts)}" if trivial else f"{len(runs.texts)} not trivial"
        shares = [percent(success(each, runs.texts)) for each in (runs.idle, runs.of(NONE))]
        drops = [self._cell(agent, name, trivial=trivial) for name in columns]
        return [runs.domain, agent, tasks, *shares, *drops]

    def _cell(self, agent: str, trait: str, *, trivial: bool) -> str:
        try:
            found = self.drop(agent, trait, trivial=trivial)
        except InputError:
            return "not compared"
        if not found.criteria:
            return "-"
        if found.gain.bounds is None:
            return f"{points(found.gain.mean)} (too few tasks)"
        star = "*" if found.proven or found.worse else ""
        return f"{_points(found.by_task)}{star}"

    def _notes(self) -> Iterator[str]:
        yield _LEGEND
        for agent, found in self.found.items():
            yield from _missing(agent, found)
        if any(each.offline for each in self.found.values()):
            yield OFFLINE_NOTE


def _missing(agent: str, found: Downstream) -> Iterator[str]:
    """Which runs of an agent are not there, and why."""
    for name, runs in found.simulations.items():
        if lost := sum(run.is_lost for run in runs):
            yield f"Lost with {agent} under {name}: {many(lost, 'run')}."
    if found.left_out:
        yield f"The budget of {agent} ended it: {many(found.left_out, 'run')} left out."


def _points(gain: Interval) -> str:
    if gain.bounds is None:
        return points(gain.mean)
    low, high = map(points, gain.bounds)
    return f"{points(gain.mean)} [{low}, {high}]"


def _without_trivial(found: Downstream) -> Downstream:
    """The evaluation without the tasks that an agent wins by doing nothing."""
    return replace(
        found,
        simulations={
            name: tuple(run for run in runs if run.talk.task not in found.trivial)
            for name, runs in found.simulations.items()
        },
        idle=tuple(run for run in found.idle if not run.success),
        texts={task: n for task, n in found.texts.items() if task not in found.trivial},
    )


def _average(found: Downstream, traits: list[str]) -> PairedDifference:
    """The mean drop over traits: each is another trial of the same task, beside the same run."""
    offset = 1 + max((run.trial for runs in found.simulations.values() for run in runs), default=0)
    sides = [(found.of(NONE), found.of(name)) for name in traits]
    old, new = (
        [
            run.model_copy(update={"trial": run.trial + number * offset})
            for number, pair in enumerate(sides)
            for run in pair[side]
        ]
        for side in (0, 1)
    )
    return paired(old, new, found.texts)
