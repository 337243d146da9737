"""The study's rule: one incumbent, and a candidate takes its place if it is better on the minibatch
and does not regress.

    look      run the incumbent on the minibatch
    propose   one prompt from what failed, unless the guard turns it away
    compare   candidate and incumbent afresh on the minibatch: at least one standard error better
    regress   and no significant regression on the scenarios of the round before

The study is the blog post "Calibrating the Simulator" (2026) together with arXiv 2603.11245.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.errors import BadReply, PromptError
from usersim_opt.customer.prompt import Prompt, pieces_of
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.versions import Version
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
from usersim_opt.tuning.proposal import REMEMBERED, proposal_material, read_proposal
from usersim_opt.tuning.run import Run


@dataclass
class _State:
    """What the search knows; made anew when it begins."""

    incumbent: Version
    guard: Guard
    before: tuple[str, ...] = ()
    """The scenarios of the round before."""
    rejected: list[dict[str, str]] = field(default_factory=list)
    """What candidates that were turned away had changed, and why they were."""
    rounds_lost: int = 0


@dataclass(eq=False)
class HillClimb:
    """Keeps one incumbent and replaces it by a candidate that passes both gates.

    Gives up after `patience` rounds without one.
    """

    improvement: Gate = field(default_factory=Improvement)
    regression: Gate = field(default_factory=NoRegression)
    patience: int = 40
    _state: _State = field(init=False, repr=False)

    @property
    def name(self) -> str:
        """Rule and settings."""
        gates = f"improvement={settings_of(self.improvement)}, regression={settings_of(self.regression)}"
        return f"HillClimb({gates}, patience={self.patience})"

    def begin(self, seed: Version, guard: Guard) -> None:
        """Start from a version."""
        self._state = _State(seed, guard)

    @property
    def best(self) -> Version:
        """The incumbent."""
        return self._state.incumbent

    @property
    def done(self) -> bool:
        """Whether nothing has been accepted for `patience` rounds."""
        return self._state.rounds_lost >= self.patience

    def price(self, run: Run, batch: Sequence[str]) -> int:
        """One look, a proposal, a fresh pair, and a pair on the scenarios of the round before."""
        return 3 * run.price(batch) + 1 + 2 * run.price(self._state.before)

    def step(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """Look, propose, guard, compare afresh, check for regression."""
        state, stage = self._state, f"{number:03}"
        (replies,) = run.measure([state.incumbent], batch, stage=f"{stage}.look")
        candidate = self._candidate(run, stage, replies)
        state.rounds_lost += 1
        if candidate is not None and self._passes(run, stage, candidate, batch):
            state.incumbent, state.rounds_lost = candidate, 0
        state.before = tuple(batch)

    def close(self, run: Run, number: int) -> None:
        """Nothing is open: each round ends with an incumbent."""

    def _candidate(self, run: Run, stage: str, replies: Sequence[Outcome]) -> Version | None:
        """A proposal that the guard lets pass; None if nothing failed, or the proposal is no good."""
        if all(outcome.pass_rate in (None, 1.0) for outcome in replies):
            return None
        try:
            prompt = Prompt(read_proposal(self._ask(run, stage, replies)))
        except (BadReply, PromptError) as error:
            self._turn_away(run, f"{stage}.propose", None, rule="proposal", reason=str(error))
            return None
        tried = [version.sha256 for version in run.versions.values()]
        objections = self._state.guard.objections(prompt, tried=tried)
        candidate = run.add_version(prompt, parent=self._state.incumbent.id)
        if objections:
            reason = "; ".join(objections)
            self._turn_away(run, f"{stage}.guard", candidate, rule="guard", reason=reason)
            return None
        return candidate

    def _ask(self, run: Run, stage: str, replies: Sequence[Outcome]) -> str:
        state = self._state
        material = proposal_material(
            Prompt(state.incumbent.text),
            run.data.scenarios,
            replies,
            rejected=state.rejected[-REMEMBERED:],
            max_characters=state.guard.max_characters,
        )
        return run.ask_proposer(material, stage=f"{stage}.propose")

    def _passes(self, run: Run, stage: str, candidate: Version, batch: Sequence[str]) -> bool:
        """Whether the candidate passes both gates, the second on the scenarios of the round before."""
        for where, judgement in self._judgements(run, stage, candidate, batch):
            if not run.rule(where, candidate, judgement, against=self._state.incumbent):
                self._remember(run, candidate, judgement.ruling.reason)
                return False
        return True

    def _judgements(
        self, run: Run, stage: str, candidate: Version, batch: Sequence[str]
    ) -> Iterator[tuple[str, Judgement]]:
        """Stage and judgement of each gate in turn; replies are paid for when they are asked for."""
        incumbent, before = self._state.incumbent, self._state.before
        gates = [("improvement", self.improvement, batch), ("regression", self.regression, before)]
        for step, gate, scenarios in gates:
            if scenarios:
                where = f"{stage}.{step}"
                old, new = run.measure([incumbent, candidate], scenarios, stage=where)
                yield where, judge(gate, old, new)

    def _turn_away(
        self, run: Run, stage: str, candidate: Version | None, *, rule: str, reason: str
    ) -> None:
        ruling = Ruling(False, reason)
        run.note(stage, candidate, rule=rule, ruling=ruling, against=self._state.incumbent)
        if candidate is not None:
            self._remember(run, candidate, reason)

    def _remember(self, run: Run, candidate: Version, reason: str) -> None:
        """Keep what the candidate changed, and why it was turned away, for the next proposals."""
        parent = run.versions[candidate.parent or candidate.id]
        old, new = _pieces(parent), _pieces(candidate)
        added = " / ".join(words for key, words in new.items() if key not in old)
        dropped = " / ".join(words for key, words in old.items() if key not in new)
        change = {"added": added[:600], "dropped": dropped[:600], "reason": reason}
        self._state.rejected.append(change)


def _pieces(version: Version) -> dict[str, str]:
    """The words of a version's pieces by their ids."""
    return {piece.id: piece.words for piece in pieces_of(version.text)}
