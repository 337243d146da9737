"""What an evaluation in tau2 returns, and how it reads: a line for each prompt, then notes.

The table stands beside the line of an agent that does nothing. Tasks that it wins by doing nothing
are trivial; success on the others is told apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, many, percent
from usersim_opt.basics.layout import grid, text
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.models.naming import is_offline
from usersim_opt.realism.features import Features, extract_features
from usersim_opt.tau.figures import Figures, ends, figures_of, losses
from usersim_opt.tau.foreign import messages_of
from usersim_opt.tau.scores import Simulations, Texts, paired
from usersim_opt.tau.scripted import SCRIPTS
from usersim_opt.tau.simulation import Simulation

_HEAD = [
    "customer", "success", "not trivial", "pass^k", "runs", "lost", "turns", "words",
    "broken guards", "premature",
]  # fmt: skip
_LEGEND = (
    "success: share of runs, in brackets the 95 % interval over texts. not trivial: the same on "
    "tasks that an idle agent fails. turns: the customer's texts in a run; words: in such a text; "
    "broken guards: in a run; premature: the customer hung up while the agent was at it."
)


@dataclass(frozen=True, repr=False)
class Downstream:
    """The simulations of each prompt, and those of the agent that does nothing.

    `left_out` did not fit into the budget.
    """

    domain: str
    simulations: Mapping[str, tuple[Simulation, ...]]
    idle: tuple[Simulation, ...]
    texts: Texts
    """By task, the number of its customer's text: telecom's tasks share a few."""
    left_out: int = 0
    tau2: str = ""
    """The line of tau2 and its version; scores of two of them cannot be set side by side."""

    @property
    def trivial(self) -> frozenset[str]:
        """Tasks that an agent wins by doing nothing."""
        return frozenset(each.talk.task for each in self.idle if each.success)

    def of(self, prompt: str) -> tuple[Simulation, ...]:
        """The simulations of a prompt by its name; InputError for another name."""
        if prompt not in self.simulations:
            names = ", ".join(self.simulations)
            raise InputError(f"no prompt is called {prompt!r}; expected one of {names}")
        return self.simulations[prompt]

    def figures(self, prompt: str) -> Figures:
        """What the agent scored against a prompt, and how its customers were."""
        return figures_of(self.of(prompt), self.texts, self.trivial)

    @property
    def idle_figures(self) -> Figures:
        """What an agent scores by doing nothing."""
        return figures_of(self.idle, self.texts, self.trivial)

    def difference(self, old: str, new: str) -> PairedDifference:
        """The gain in the agent's success of one prompt over another; see scores.paired."""
        return paired(self.of(old), self.of(new), self.texts)

    def features(self, prompt: str) -> Features:
        """The means of the 19 features of realism over the conversations of a prompt."""
        found = [extract_features(messages_of(run.talk.turns)) for run in self.of(prompt)]
        measured = [each for each in found if each is not None]
        names = measured[0] if measured else {}
        return {name: fmean(each[name] for each in measured) for name in names}

    @property
    def offline(self) -> bool:
        """Whether a stand-in took part, or a script."""
        talks = [run.talk for runs in self.simulations.values() for run in runs]
        return any(is_offline(talk.user) or _is_no_model(talk.agent) for talk in talks)

    @visibly
    def __repr__(self) -> str:
        runs = sum(map(len, self.simulations.values()))
        prompts = many(len(self.simulations), "prompt")
        return f"<Downstream: {self.domain}, {prompts}, {many(runs, 'run')}>"

    @visibly
    def __str__(self) -> str:
        table = grid(_HEAD, [*map(self._row, self.simulations), self._idle_row])
        return "\n".join([table, "", *self._notes()])

    def _repr_html_(self) -> str:
        return f"<pre>{text(self)}</pre>"

    def _row(self, prompt: str) -> list[str]:
        return [prompt, *_cells(self.figures(prompt))]

    @property
    def _idle_row(self) -> list[str]:
        return ["(idle agent)", *_cells(self.idle_figures)[:4], *[""] * 5]

    def _notes(self) -> Iterator[str]:
        """What stands below the table."""
        yield _LEGEND
        yield self._extent
        for prompt, runs in self.simulations.items():
            yield f"Ends under {prompt}: {_ends(runs)}"
            yield from _lost(prompt, runs)
        for old, new in combinations(self.simulations, 2):
            yield f"{new} against {old}: {self._gain(old, new)}"
        if self.left_out:
            yield f"The budget ended it: {many(self.left_out, 'run')} left out."
        if self.offline:
            yield OFFLINE_NOTE

    @property
    def _extent(self) -> str:
        texts = len(set(self.texts.values()))
        tasks = many(len(self.texts), "task")
        trivial = ", ".join(sorted(self.trivial, key=list(self.texts).index)) or "none"
        return (
            f"{self.domain}{self._version}: {tasks} with {many(texts, 'different text')} for the "
            f"customer, which is the size of the sample; trivial: {trivial}"
        )

    @property
    def _version(self) -> str:
        return f" (tau2, {self.tau2})" if self.tau2 else ""

    def _gain(self, old: str, new: str) -> str:
        try:
            found = self.difference(old, new)
        except InputError as error:
            return f"not compared: {error}"
        return f"{found.gain}; {found.worth}"


def _is_no_model(agent: str) -> bool:
    return is_offline(agent) or agent in SCRIPTS


def _cells(found: Figures) -> list[str]:
    """The cells of a row behind its name."""
    return [
        percent(found.success),
        percent(found.others),
        " ".join(f"{share:.3f}" for share in found.passes) or "-",
        str(found.runs),
        str(found.lost),
        *map(_mean, (found.turns, found.words, found.broken)),
        str(found.premature),
    ]


def _mean(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f}"


def _ends(runs: Simulations) -> str:
    found = ends(runs).most_common()
    return ", ".join(f"{number} {reason}" for reason, number in found) or "none"


def _lost(prompt: str, runs: Simulations) -> Iterator[str]:
    """Each reason of a lost run, and how often."""
    for (fault, why), number in losses(runs).most_common():
        yield f"Lost under {prompt}, {number} of them ({fault}): {why}"
