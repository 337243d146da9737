"""A prompt that a person wrote, put through the guard and the gates that every candidate meets.

Whoever writes a draft may have read the smoke split, which no proposer sees. So a draft is held to
the words and tasks of that split as well.

It is compared with the incumbent on one to four fresh minibatches, until it is one standard error
worse, or better on two or more; then it must not regress on the scenarios of the round before; then
the smoke split decides, as for any other version. Guards are looked at after each minibatch, over
all of them so far: up to four looks at replies that grow in number, at 5 % each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.tuning.gates import (
    Gate,
    Improvement,
    Judgement,
    NoRegression,
    Ruling,
    judge,
    settings_of,
)
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.run import Run

MOST_ROUNDS = 4


def draft_folder(run_dir: Path, draft: Prompt) -> Path:
    """Where the record of a draft is kept, below a run folder."""
    return run_dir / f"draft-{draft.sha256[:8]}"


@dataclass
class _State:
    """How far the review is; made anew when it begins."""

    best: Version
    guard: Guard
    draft: Version = field(init=False)
    """The version of the draft, from the first round on."""
    done: bool = False
    old: list[Outcome] = field(default_factory=list)
    """Replies of the version to beat, over all rounds."""
    new: list[Outcome] = field(default_factory=list)
    """Replies of the draft to the same scenarios."""
    before: tuple[str, ...] = ()
    """The scenarios of the round before."""


@dataclass(eq=False)
class DraftReview:
    """Lets one draft stand against the version that the run starts from."""

    draft: Prompt
    held_out: ScenarioSet
    """The smoke split."""
    improvement: Gate = field(default_factory=Improvement)
    regression: Gate = field(default_factory=NoRegression)
    _state: _State = field(init=False, repr=False)

    @property
    def name(self) -> str:
        """The draft's digest and the gates."""
        gates = f"{settings_of(self.improvement)}, {settings_of(self.regression)}"
        return f"DraftReview({self.draft.sha256[:12]}, {gates})"

    def begin(self, seed: Version, guard: Guard) -> None:
        """Start from a version."""
        self._state = _State(seed, guard)

    @property
    def best(self) -> Version:
        """The draft once it has passed, until then the version to beat."""
        return self._state.best

    @property
    def done(self) -> bool:
        """Whether the draft has passed or was turned away."""
        return self._state.done

    def price(self, run: Run, batch: Sequence[str]) -> int:
        """A pair on the minibatch and one on the scenarios before."""
        return 2 * run.price(batch) + 2 * run.price(self._state.before)

    def step(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """Guard in the first round, then compare."""
        state = self._state
        if number == 1:
            state.draft = run.add_version(self.draft, parent=state.best.id, origin="draft")
            state.done = self._is_guarded(run)
        if not state.done:
            self._compare(run, number, batch)
        state.before = tuple(batch)

    def close(self, run: Run, number: int) -> None:
        """A draft that the budget left undecided has not passed."""
        state = self._state
        if state.done or not state.new:
            return
        difference = paired_difference(state.old, state.new)
        figures = f"z = {difference.z:.2f} on {difference.scenarios} scenarios"
        ruling = Ruling(False, f"undecided when the budget ended: {figures}")
        judgement = Judgement(self.improvement.name, ruling, difference)
        run.rule(f"{number - 1:03}.close", state.draft, judgement, against=state.best)

    def _is_guarded(self, run: Run) -> bool:
        """Whether the guard objects to the draft, before it costs a reply."""
        state = self._state
        found = state.guard.objections(self.draft, tried=[state.best.sha256])
        found += self._guard_of_held_out().to_what_it_knows(self.draft)
        # A word of the benchmark is one to both guards.
        objections = list(dict.fromkeys(found))
        return run.is_guarded("001.guard", state.draft, objections, against=state.best)

    def _guard_of_held_out(self) -> Guard:
        """What of the smoke split the draft must not hold."""
        data, first = self.held_out, Prompt(self._state.best.text)
        guard = Guard.of(data.tasks.values(), data.scenarios.values(), first)
        return replace(guard, data="the smoke split")

    def _compare(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """One more minibatch; a clear answer either way, or the fourth one, ends it."""
        state, stage = self._state, f"{number:03}.improvement"
        old, new = run.measure([state.best, state.draft], batch, stage=stage)
        state.old += old
        state.new += new
        judgement = judge(self.improvement, state.old, state.new, scenarios=run.data.scenarios)
        if not (self._is_clear(judgement) or number == MOST_ROUNDS):
            return
        state.done = True
        passed = run.rule(stage, state.draft, judgement, against=state.best)
        if passed and self._keeps_up(run, f"{number:03}.regression"):
            state.best = state.draft

    def _is_clear(self, judgement: Judgement) -> bool:
        """Whether no further minibatch is needed: vetoed, clearly worse, or better in two.

        A first minibatch is enough to turn a draft away and not to let it pass: one standard error
        lets one equal prompt in six through.
        """
        if judgement.is_veto or judgement.difference.z <= -1:
            return True
        return judgement.ruling.accepted and bool(self._state.before)

    def _keeps_up(self, run: Run, stage: str) -> bool:
        """Whether the draft does not regress on the scenarios of the round before."""
        state = self._state
        old, new = run.measure([state.best, state.draft], state.before, stage=stage)
        judgement = judge(self.regression, old, new, scenarios=run.data.scenarios)
        return run.rule(stage, state.draft, judgement, against=state.best)
