"""The study's rule: one incumbent, and a candidate takes its place if it is better on the minibatch and does not regress.

look      run the incumbent on the minibatch
propose   one prompt from what failed, unless the guard turns it away
compare   candidate and incumbent afresh on the minibatch: at least one standard error better
regress   and no significant regression on the scenarios of the round before
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from usersim_opt.basics.errors import BadReply, PromptError
from usersim_opt.customer.prompt import Prompt, parse
from usersim_opt.measuring.outcome import Outcome, collapsed
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.results.versions import NO_VERSION, Decision, Version, evidence
from usersim_opt.tuning.gates import Gate, Improvement, NoRegression
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.proposal import REMEMBERED, proposal_material, read_proposal
from usersim_opt.tuning.run import Run


@dataclass(eq=False)
class HillClimb:
    """Keeps one incumbent and replaces it by a candidate that passes both gates; gives up after `patience` rounds without one."""

    improvement: Gate = field(default_factory=Improvement)
    regression: Gate = field(default_factory=NoRegression)
    patience: int = 40
    _rounds_lost: int = field(init=False, repr=False, default=0)
    _incumbent: Version = field(init=False, repr=False)
    _guard: Guard = field(init=False, repr=False)
    _before: tuple[str, ...] = field(init=False, repr=False, default=())
    _rejected: list[dict[str, str]] = field(init=False, repr=False, default_factory=list)

    @property
    def name(self) -> str:
        """Rule and settings."""
        return repr(self)

    def begin(self, seed: Version, guard: Guard) -> None:
        """Start from a version."""
        self._incumbent, self._guard = seed, guard
        self._before, self._rejected, self._rounds_lost = (), [], 0

    @property
    def best(self) -> Version:
        """The incumbent."""
        return self._incumbent

    @property
    def done(self) -> bool:
        """Whether nothing has been accepted for `patience` rounds."""
        return self._rounds_lost >= self.patience

    def price(self, run: Run, batch: Sequence[str]) -> int:
        """One look, a proposal, a fresh pair, and a pair on the scenarios of the round before."""
        return 3 * run.price(batch) + 1 + 2 * run.price(self._before)

    def step(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """Look, propose, guard, compare afresh, check for regression."""
        stage = f"{number:03}"
        (seen,) = run.measure([self._incumbent], batch, stage=f"{stage}.look")
        candidate = self._candidate(run, stage, seen)
        self._rounds_lost += 1
        if candidate is not None and self._passes(run, stage, candidate, batch):
            self._incumbent, self._rounds_lost = candidate, 0
        self._before = tuple(batch)

    def close(self, run: Run, number: int) -> None:
        """Nothing is open: each round ends with an incumbent."""

    def _candidate(self, run: Run, stage: str, seen: Sequence[Outcome]) -> Version | None:
        """A proposal that the guard lets pass; None if nothing failed, or the proposal is no good."""
        if all(outcome.pass_rate in (None, 1.0) for outcome in seen):
            return None
        material = proposal_material(
            Prompt(self._incumbent.text), run.data.records, seen, rejected=self._rejected[-REMEMBERED:], max_characters=self._guard.max_characters
        )
        answer = run.ask_proposer(material, stage=f"{stage}.propose")
        try:
            prompt = parse(read_proposal(answer))
        except (BadReply, PromptError) as error:
            self._decide(run, f"{stage}.propose", None, "proposal", accepted=False, reason=str(error))
            return None
        tried = [version.sha256 for version in run.versions.values()]
        objections = self._guard.objections(prompt, tried=tried)
        candidate = run.add_version(prompt, parent=self._incumbent.id)
        if objections:
            self._decide(run, f"{stage}.guard", candidate, "guard", accepted=False, reason="; ".join(objections))
            return None
        return candidate

    def _passes(self, run: Run, stage: str, candidate: Version, batch: Sequence[str]) -> bool:
        """Whether the candidate passes both gates, the second on the scenarios of the round before."""
        gates: list[tuple[Literal["improvement", "regression"], Gate, Sequence[str]]] = [
            ("improvement", self.improvement, batch),
            ("regression", self.regression, self._before),
        ]
        for name, gate, scenarios in gates:
            if not scenarios:
                continue
            old, new = run.measure([self._incumbent, candidate], scenarios, stage=f"{stage}.{name}")
            if same := collapsed(new):
                self._decide(run, f"{stage}.{name}", candidate, "collapse", accepted=False, reason=same)
                return False
            found = paired_difference(old, new)
            ruling = gate.rule(found)
            decision = Decision(
                stage=f"{stage}.{name}",
                candidate=candidate.id,
                incumbent=self._incumbent.id,
                rule=name,
                accepted=ruling.accepted,
                reason=ruling.reason,
                evidence=evidence(found),
            )
            run.decide(decision)
            if not ruling.accepted:
                self._remember(run, candidate, ruling.reason)
                return False
        return True

    def _decide(
        self, run: Run, stage: str, candidate: Version | None, rule: Literal["proposal", "guard", "collapse"], *, accepted: bool, reason: str
    ) -> None:
        run.decide(
            Decision(
                stage=stage,
                candidate=candidate.id if candidate else NO_VERSION,
                incumbent=self._incumbent.id,
                rule=rule,
                accepted=accepted,
                reason=reason,
            )
        )
        if candidate is not None:
            self._remember(run, candidate, reason)

    def _remember(self, run: Run, candidate: Version, reason: str) -> None:
        """Keep what the candidate changed, and why it was turned away, for the next proposals."""
        parent = run.versions[candidate.parent or candidate.id]
        old, new = ({piece.id: piece.words for piece in Prompt(version.text).pieces} for version in (parent, candidate))
        added = " / ".join(words for key, words in new.items() if key not in old)
        dropped = " / ".join(words for key, words in old.items() if key not in new)
        self._rejected.append({"added": added[:600], "dropped": dropped[:600], "reason": reason})
