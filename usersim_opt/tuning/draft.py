"""A prompt that a person wrote, put through the guard and the gates that every candidate meets.

It is compared with the incumbent on one to four fresh minibatches, until it is one standard error worse, or better on two or more; then it
must not regress on the scenarios of the round before; then the smoke split decides, as for any other version.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Outcome, collapsed
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.results.versions import Decision, Version, evidence
from usersim_opt.tuning.gates import Gate, Improvement, NoRegression, Ruling
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.run import Run

MOST_ROUNDS = 4


@dataclass(eq=False)
class DraftReview:
    """Lets one draft stand against the version that the run starts from."""

    draft: Prompt
    improvement: Gate = field(default_factory=Improvement)
    regression: Gate = field(default_factory=NoRegression)
    _best: Version = field(init=False, repr=False)
    _guard: Guard = field(init=False, repr=False)
    _done: bool = field(init=False, repr=False, default=False)
    _seen: tuple[list[Outcome], list[Outcome]] = field(init=False, repr=False, default=([], []))
    _before: tuple[str, ...] = field(init=False, repr=False, default=())

    @property
    def name(self) -> str:
        """The draft's digest and the gates."""
        return f"DraftReview({self.draft.sha256[:12]}, {self.improvement!r}, {self.regression!r})"

    def begin(self, seed: Version, guard: Guard) -> None:
        """Start from a version."""
        self._best, self._guard, self._done = seed, guard, False
        self._seen, self._before = ([], []), ()

    @property
    def best(self) -> Version:
        """The draft once it has passed, until then the version to beat."""
        return self._best

    @property
    def done(self) -> bool:
        """Whether the draft has passed or was turned away."""
        return self._done

    def price(self, run: Run, batch: Sequence[str]) -> int:
        """A pair on the minibatch and one on the scenarios before."""
        return 2 * run.price(batch) + 2 * run.price(self._before)

    def step(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """Guard in the first round, then compare."""
        if number == 1:
            self._admit(run)
        if not self._done:
            self._compare(run, number, batch)
        self._before = tuple(batch)

    def close(self, run: Run, number: int) -> None:
        """A draft that the budget left undecided has not passed."""
        if self._done or not self._seen[1]:
            return
        draft, found = list(run.versions.values())[-1], paired_difference(*self._seen)
        reason = f"undecided when the budget ended: z = {found.z:.2f} on {found.scenarios} scenarios"
        run.decide(
            Decision(
                stage=f"{number - 1:03}.close",
                candidate=draft.id,
                incumbent=self._best.id,
                rule="improvement",
                accepted=False,
                reason=reason,
                evidence=evidence(found),
            )
        )

    def _admit(self, run: Run) -> None:
        draft = run.add_version(self.draft, parent=self._best.id, origin="draft")
        if found := self._guard.objections(self.draft, tried=[self._best.sha256]):
            self._done = True
            reason = "; ".join(found)
            run.decide(Decision(stage="001.guard", candidate=draft.id, incumbent=self._best.id, rule="guard", accepted=False, reason=reason))

    def _compare(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """One more minibatch; a clear answer either way, or the fourth one, ends it."""
        draft = list(run.versions.values())[-1]
        for side, outcomes in zip(self._seen, run.measure([self._best, draft], batch, stage=f"{number:03}.improvement"), strict=True):
            side.extend(outcomes)
        found, same = paired_difference(*self._seen), collapsed(self._seen[1])
        ruling = Ruling(False, same) if same else self.improvement.rule(found)
        if not (same or found.z <= -1 or number == MOST_ROUNDS or (ruling.accepted and self._before)):
            return
        self._done = True
        run.decide(
            Decision(
                stage=f"{number:03}.improvement",
                candidate=draft.id,
                incumbent=self._best.id,
                rule="collapse" if same else "improvement",
                accepted=ruling.accepted,
                reason=ruling.reason,
                evidence=evidence(found),
            )
        )
        if ruling.accepted and self._keeps_up(run, number, draft):
            self._best = draft

    def _keeps_up(self, run: Run, number: int, draft: Version) -> bool:
        """Whether the draft does not regress on the scenarios of the round before."""
        stage = f"{number:03}.regression"
        found = paired_difference(*run.measure([self._best, draft], self._before, stage=stage))
        ruling = self.regression.rule(found)
        run.decide(
            Decision(
                stage=stage,
                candidate=draft.id,
                incumbent=self._best.id,
                rule="regression",
                accepted=ruling.accepted,
                reason=ruling.reason,
                evidence=evidence(found),
            )
        )
        return ruling.accepted
