"""The search over guidance pieces: every reply that was ever graded teaches something about every piece that was in or out.

    1        run the first prompt, and ask the proposer for pieces against what failed
    2, 3...  sample two prompts from what is believed about the pieces, run each on half of the minibatch, learn, ask for
             one more proposal
    4, 8...  the prompt that is best by the model, if it is another one, is run beside the incumbent on the scenarios of the
             round before; it takes the incumbent's place unless it regresses; the replies are learned from as all others
    close    the same once more; the incumbent then faces the smoke split

A proposal costs one call and a minibatch twenty, so proposals are not raced: their pieces join the pool, and those that
help stay. Measured (benchmarks/bench_optimizers.py, docs/benchmarks.md) it gains several times what comparing whole prompts does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from usersim_opt.errors import BadReply, PromptError
from usersim_opt.prompt import Prompt, parse
from usersim_opt.run import Run, evidence
from usersim_opt.schema import NO_VERSION, Decision, Outcome, Version
from usersim_opt.statistics import paired_difference
from usersim_opt.strategies.acceptance import Gate, NoRegression, collapsed
from usersim_opt.strategies.belief import Belief
from usersim_opt.strategies.guards import Guard
from usersim_opt.strategies.intake import Intake
from usersim_opt.strategies.proposal import REMEMBERED, Task, proposal_material, read_proposal

FIRST_PROPOSALS = 8
"""Proposals after the first look; a design with many pieces at once learns more from the same replies."""
REPLIES_A_PROPOSAL = 10
"""Replies between proposals; four times as many once no new pieces come."""
SHOWN_ROUNDS = 3
"""Rounds whose replies a proposer sees."""
SHOWN_PIECES = 20
"""Pieces under test that a proposer is told."""
BARREN = 10
"""Proposals in a row without a new piece after which none is expected any more."""
_TASKS: tuple[Task, ...] = ("edit", "edit", "edit", "shorten", "edit", "edit", "edit", "merge", "edit", "edit", "edit", "rewrite")


@dataclass(eq=False)
class PieceSearch:
    """Thompson sampling over guidance pieces.

    PieceSearch(length_price=0.005)   # 100 characters must bring half a point of the pass rate
    PieceSearch(min_gain=0.01)        # end when no proposal brings a new piece and less than a point is to be gained from the known ones
    """

    length_price: float = 0.002
    min_gain: float = 0.005
    regression: Gate = field(default_factory=NoRegression)
    _guard: Guard = field(init=False, repr=False)
    _incumbent: Version = field(init=False, repr=False)
    _belief: Belief = field(init=False, repr=False)
    _before: tuple[str, ...] = field(init=False, repr=False, default=())
    _recent: list[Sequence[Outcome]] = field(init=False, repr=False, default_factory=list)
    _intake: Intake = field(init=False, repr=False)
    _rounds: int = field(init=False, repr=False, default=0)
    _asked: int = field(init=False, repr=False, default=0)
    _unasked: int = field(init=False, repr=False, default=0)
    """Replies since the last proposal."""
    _barren: int = field(init=False, repr=False, default=0)
    _to_gain: float = field(init=False, repr=False, default=1.0)
    """Expected value of perfect information at the last settling."""

    @property
    def name(self) -> str:
        """Rule and settings."""
        return repr(self)

    def begin(self, seed: Version, guard: Guard) -> None:
        """Start from a version."""
        self._incumbent, self._guard = seed, guard
        self._before, self._recent = (), []
        self._intake = Intake(guard, Prompt(seed.text))
        self._rounds, self._asked, self._unasked, self._barren, self._to_gain = 0, 0, 0, 0, 1.0

    @property
    def best(self) -> Version:
        """The incumbent."""
        return self._incumbent

    @property
    def done(self) -> bool:
        """Whether no new pieces come and the known ones are known well enough."""
        return self._barren >= BARREN and self._to_gain < self.min_gain

    def price(self, run: Run, batch: Sequence[str]) -> int:
        """A minibatch, its proposals, a pair of prompts on the scenarios before if the round settles, and to close one on these."""
        settling = 2 * run.price(self._before) if _settles(self._rounds + 1) else 0
        return 3 * run.price(batch) + settling + (1 if self._before else FIRST_PROPOSALS)

    def step(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """Look or sample, learn, propose; settle on an incumbent in rounds 4, 8, 16, 32, ... and in every 32nd."""
        stage = f"{number:03}"
        if number == 1:
            self._belief = Belief(
                Prompt(self._incumbent.text), seed=run.seed, max_characters=self._guard.max_characters, length_price=self.length_price
            )
            (seen,) = run.measure([self._incumbent], batch, stage=f"{stage}.look")
            self._learn(run, self._incumbent, seen)
        else:
            if _settles(number):
                self._settle(run, f"{stage}.regression")
            self._sample(run, stage, batch)
        self._unasked += len(batch)
        for _ in range(
            FIRST_PROPOSALS if number == 1 else self._unasked // (REPLIES_A_PROPOSAL if self._barren < BARREN else 4 * REPLIES_A_PROPOSAL)
        ):
            self._propose(run, stage)
            self._unasked = 0
        self._before, self._rounds = tuple(batch), number

    def close(self, run: Run, number: int) -> None:
        """Settle for the last time."""
        if self._before:
            self._settle(run, f"{number - 1:03}.close")

    def _sample(self, run: Run, stage: str, batch: Sequence[str]) -> None:
        """Two prompts drawn from the belief, each on half of the minibatch."""
        half = (len(batch) + 1) // 2
        parts = [(self._version(run, self._belief.sample()), scenarios) for scenarios in (batch[:half], batch[half:]) if scenarios]
        for (version, _), outcomes in zip(parts, run.measure_parts(parts, stage=f"{stage}.sample"), strict=True):
            self._learn(run, version, outcomes)

    def _settle(self, run: Run, stage: str) -> None:
        """Make the prompt that is best by the model the incumbent, unless it regresses on the scenarios of the round before."""
        prompt, self._to_gain = self._belief.best()
        candidate = self._version(run, prompt)
        if candidate == self._incumbent or self._guarded(run, stage, candidate):
            return
        old, new = run.measure([self._incumbent, candidate], self._before, stage=stage)
        self._learn(run, self._incumbent, old)
        self._learn(run, candidate, new)
        found = paired_difference(old, new)
        ruling, same = self.regression.rule(found), collapsed(new)
        decision = Decision(
            stage=stage,
            candidate=candidate.id,
            incumbent=self._incumbent.id,
            rule="collapse" if same else "regression",
            accepted=ruling.accepted and not same,
            reason=same or ruling.reason,
            evidence=evidence(found),
        )
        run.decide(decision)
        if decision.accepted:
            self._incumbent = candidate

    def _guarded(self, run: Run, stage: str, candidate: Version) -> bool:
        """Whether the guard objects to a whole prompt whose pieces passed one by one: together they may retell a task."""
        found = self._guard.objections(Prompt(candidate.text))
        if found:
            reason = "; ".join(found)
            run.decide(Decision(stage=stage, candidate=candidate.id, incumbent=self._incumbent.id, rule="guard", accepted=False, reason=reason))
        return bool(found)

    def _version(self, run: Run, prompt: Prompt) -> Version:
        """The run's version of a prompt, a new one if it has none."""
        known = [version for version in run.versions.values() if version.sha256 == prompt.sha256]
        return known[0] if known else run.add_version(prompt, parent=self._incumbent.id, origin="composed")

    def _learn(self, run: Run, version: Version, outcomes: Sequence[Outcome]) -> None:
        """A prompt that makes one reply of everything is held to have failed: such replies break few rules and play nobody."""
        self._belief.learn(outcomes, Prompt(version.text), run.data.records, void=bool(collapsed(outcomes)))
        self._recent = [*self._recent, outcomes][-2 * SHOWN_ROUNDS :]

    def _propose(self, run: Run, stage: str) -> None:
        """Ask for a prompt, and take in the pieces of it that are new and pass the guard."""
        task = _TASKS[max(0, self._asked - FIRST_PROPOSALS) % len(_TASKS)]
        self._asked += 1
        stage = f"{stage}.propose{self._asked}"
        shown = self._belief.hopeful() if task == "edit" else self._belief.guess()
        other = Prompt(self._incumbent.text)
        if task == "merge" and other.sha256 == shown.sha256:
            task, shown = "edit", self._belief.hopeful()
        material = proposal_material(
            shown,
            run.data.records,
            [outcome for outcomes in self._recent for outcome in outcomes],
            rejected=[{"added": words[:600], "reason": reason} for words, reason in list(self._intake.turned_away.items())[-REMEMBERED:]],
            left_out=self._belief.left_out(shown)[-SHOWN_PIECES:],
            task=task,
            other=other if task == "merge" else None,
            max_characters=self._guard.max_characters,
        )
        answer = run.ask_proposer(material, stage=stage)
        try:
            prompt = parse(read_proposal(answer, max_characters=self._guard.max_characters))
        except (BadReply, PromptError) as error:
            self._barren += 1
            self._decide(run, stage, "proposal", accepted=False, reason=str(error))
            return
        self._take_in(run, stage, prompt, reframes=task in ("rewrite", "merge"))

    def _take_in(self, run: Run, stage: str, prompt: Prompt, *, reframes: bool) -> None:
        """Let the pieces that may be tried join the pool, and record what was left out and why."""
        new_frame = reframes and not self._belief.knows_frame(prompt)
        review = self._intake.review(prompt, self._belief.pool, new_frame=new_frame)
        taken = self._belief.add(prompt, review.welcome, with_frame=new_frame and not review.frame)
        self._barren = 0 if taken else self._barren + 1
        told = [f"{len(taken)} new piece{'s' if len(taken) > 1 else ''}" if taken else "nothing new", str(review)]
        rule: Literal["guard", "proposal"] = "guard" if review.refused and not taken else "proposal"
        self._decide(run, stage, rule, accepted=bool(taken), reason="; ".join(filter(None, told)))

    def _decide(self, run: Run, stage: str, rule: Literal["guard", "proposal"], *, accepted: bool, reason: str) -> None:
        run.decide(Decision(stage=stage, candidate=NO_VERSION, incumbent=self._incumbent.id, rule=rule, accepted=accepted, reason=reason))


def _settles(number: int) -> bool:
    """Whether a round begins by settling on an incumbent: the 4th, 8th, 16th, then every 32nd."""
    return number >= 4 and (number & (number - 1) == 0 or number % 32 == 0)
