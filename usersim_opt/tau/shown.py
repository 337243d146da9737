"""What an evaluation in tau2 returns, and how it reads: a line for each prompt, then notes.

The table stands beside the line of an agent that does nothing. Tasks that it wins by doing nothing
are trivial; success on the others is told apart.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, many, percent
from usersim_opt.basics.layout import grid, text
from usersim_opt.basics.statistics import PairedDifference
from usersim_opt.basics.text import spoken, words
from usersim_opt.customer.conversation import Conversation
from usersim_opt.models.naming import is_offline
from usersim_opt.realism.features import Features, extract_features
from usersim_opt.tau.foreign import messages_of
from usersim_opt.tau.scores import Simulations, Texts, paired, passes, success
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

    def __repr__(self) -> str:
        runs = sum(map(len, self.simulations.values()))
        prompts = many(len(self.simulations), "prompt")
        return f"<Downstream: {self.domain}, {prompts}, {many(runs, 'run')}>"

    def __str__(self) -> str:
        table = grid(_HEAD, [*map(self._row, self.simulations), self._idle_row])
        return "\n".join([table, "", *self._notes()])

    def _repr_html_(self) -> str:
        return f"<pre>{text(self)}</pre>"

    def _row(self, prompt: str) -> list[str]:
        return [prompt, *_figures(self.of(prompt), self.texts, self.trivial)]

    @property
    def _idle_row(self) -> list[str]:
        return ["(idle agent)", *_figures(self.idle, self.texts, self.trivial)[:4], *[""] * 5]

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
            f"{self.domain}: {tasks} with {many(texts, 'different text')} for the customer, which "
            f"is the size of the sample; trivial: {trivial}"
        )

    def _gain(self, old: str, new: str) -> str:
        try:
            found = self.difference(old, new)
        except InputError as error:
            return f"not compared: {error}"
        return f"{found.gain}; {found.worth}"


def _is_no_model(agent: str) -> bool:
    return is_offline(agent) or agent in SCRIPTS


def _figures(runs: Simulations, texts: Texts, trivial: frozenset[str]) -> list[str]:
    """The cells of a row behind its name."""
    others = [run for run in runs if run.talk.task not in trivial]
    talks = [run.talk for run in runs if not run.is_lost]
    return [
        percent(success(runs, texts)),
        percent(success(others, texts)),
        " ".join(f"{share:.3f}" for share in passes(runs)) or "-",
        str(len(runs)),
        str(sum(run.is_lost for run in runs)),
        *_manner(talks),
        str(sum(run.premature for run in runs)),
    ]


def _manner(talks: Sequence[Conversation]) -> list[str]:
    """Turns, words a turn, broken guards a talk."""
    turns = [turn for talk in talks for turn in talk.customer]
    broken = sum(len(turn.broken) for turn in turns)
    lengths = sum(len(words(spoken(turn.text))) for turn in turns)
    return [_mean(len(turns), talks), _mean(lengths, turns), _mean(broken, talks)]


def _mean(total: int, of: Sequence[object]) -> str:
    return f"{total / len(of):.1f}" if of else "-"


def _ends(runs: Simulations) -> str:
    """tau2's reasons of the ends, with the customer's stop tokens, and how often."""
    reasons = Counter(" ".join(filter(None, [run.termination, run.talk.token])) for run in runs)
    return ", ".join(f"{number} {reason}" for reason, number in reasons.most_common()) or "none"


def _lost(prompt: str, runs: Simulations) -> Iterator[str]:
    """Each reason of a lost run, and how often."""
    reasons = Counter((run.talk.fault, run.talk.why) for run in runs if run.is_lost)
    for (fault, why), number in reasons.most_common():
        yield f"Lost under {prompt}, {number} of them ({fault}): {why}"
