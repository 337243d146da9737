"""The study's rule: a candidate takes the incumbent's place if it is better and does not regress.

    look      run the incumbent on the minibatch
    propose   one prompt from what failed, unless the guard turns it away
    compare   candidate and incumbent afresh on the minibatch: at least one standard error better
    regress   and no significant regression on the scenarios of the round before

The study is the blog post "Calibrating the Simulator" (2026) together with arXiv 2603.11245.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from usersim_opt.basics.arguments import Count, check_fields
from usersim_opt.basics.errors import BadReply, PromptError
from usersim_opt.customer.prompt import Prompt, pieces_of
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.versions import Version
from usersim_opt.tuning.gates import (
    Gate,
    Improvement,
    NoRegression,
    Ruling,
    judge,
    settings_of,
)
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.proposal import (
    REMEMBERED,
    REMEMBERED_CHARACTERS,
    Extent,
    proposal_material,
    read_proposal,
)
from usersim_opt.tuning.run import Run


@dataclass
class _State:
    """What the search has come to; made anew when it begins."""

    incumbent: Version
    guard: Guard
    held: list[Version] = field(default_factory=list)
    """The incumbents but the first one, in order."""
    before: tuple[str, ...] = ()
    """The scenarios of the round before."""
    rejected: list[dict[str, str]] = field(default_factory=list)
    """For each candidate that was turned away what it had changed, and why."""
    rounds_lost: int = 0


@dataclass(eq=False)
class HillClimb:
    """Keeps one incumbent and replaces it by a candidate that passes both gates.

    Gives up after `patience` rounds without one.
    """

    improvement: Gate = field(default_factory=Improvement)
    regression: Gate = field(default_factory=NoRegression)
    patience: Count = 40
    _state: _State = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def name(self) -> str:
        """Rule and settings."""
        improvement, regression = settings_of(self.improvement), settings_of(self.regression)
        gates = f"improvement={improvement}, regression={regression}"
        return f"HillClimb({gates}, patience={self.patience})"

    def begin(self, seed: Version, guard: Guard) -> None:
        """Start from a version."""
        self._state = _State(seed, guard)

    @property
    def best(self) -> Version:
        """The incumbent."""
        return self._state.incumbent

    @property
    def finalists(self) -> Sequence[Version]:
        """The incumbents so far but the first one."""
        return self._state.held

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
            state.held.append(candidate)
        state.before = tuple(batch)

    def close(self, run: Run, number: int) -> None:
        """Nothing is open: each round ends with an incumbent."""

    def _candidate(self, run: Run, stage: str, replies: Sequence[Outcome]) -> Version | None:
        """A proposal that the guard lets pass; None if nothing failed or it is no good."""
        if all(outcome.pass_rate in (None, 1.0) for outcome in replies):
            return None
        prompt = self._proposal(run, f"{stage}.propose", replies)
        if prompt is None:
            return None
        incumbent = self._state.incumbent
        tried = [version.sha256 for version in run.versions.values()]
        objections = self._state.guard.objections(prompt, tried=tried)
        candidate = run.add_version(prompt, parent=incumbent.id)
        if run.is_guarded(f"{stage}.guard", candidate, objections, against=incumbent):
            self._remember(run, candidate, "; ".join(objections))
            return None
        return candidate

    def _proposal(self, run: Run, stage: str, replies: Sequence[Outcome]) -> Prompt | None:
        """The proposer's prompt against what failed; None for an answer that is none."""
        state = self._state

        def material(extent: Extent) -> str:
            return proposal_material(
                Prompt(state.incumbent.text),
                run.data.scenarios,
                replies,
                rejected=state.rejected[-REMEMBERED:],
                extent=extent,
            )

        try:
            return Prompt(read_proposal(run.ask_proposer(material, stage=stage)))
        except (BadReply, PromptError) as error:
            ruling = Ruling(False, str(error))
            run.note(stage, None, rule="proposal", ruling=ruling, against=state.incumbent)
            return None

    def _passes(self, run: Run, stage: str, candidate: Version, batch: Sequence[str]) -> bool:
        """Whether the candidate passes both gates, the second on the scenarios before."""
        before = self._state.before
        if not self._accepts(self.improvement, run, f"{stage}.improvement", candidate, batch):
            return False
        if not before:
            return True
        return self._accepts(self.regression, run, f"{stage}.regression", candidate, before)

    def _accepts(
        self, gate: Gate, run: Run, stage: str, candidate: Version, scenarios: Sequence[str]
    ) -> bool:
        """Whether a gate accepts the candidate beside the incumbent, both run afresh."""
        incumbent = self._state.incumbent
        old, new = run.measure([incumbent, candidate], scenarios, stage=stage)
        judgement = judge(gate, old, new, scenarios=run.data.scenarios)
        is_accepted = run.rule(stage, candidate, judgement, against=incumbent)
        if not is_accepted:
            self._remember(run, candidate, judgement.ruling.reason)
        return is_accepted

    def _remember(self, run: Run, candidate: Version, reason: str) -> None:
        """Keep what the candidate changed, and why it was turned away, for the next proposals."""
        parent = run.versions[candidate.parent or candidate.id]
        change = {
            "added": _only_in(candidate, parent),
            "dropped": _only_in(parent, candidate),
            "reason": reason,
        }
        self._state.rejected.append(change)


def _only_in(version: Version, other: Version) -> str:
    """The words of the pieces that one version has and the other has not, cut to a paragraph."""
    elsewhere = {piece.id for piece in pieces_of(other.text)}
    pieces = {piece.id: piece.words for piece in pieces_of(version.text)}
    words = [words for name, words in pieces.items() if name not in elsewhere]
    return " / ".join(words)[:REMEMBERED_CHARACTERS]
