"""The search over guidance pieces: every graded reply teaches something about every piece.

    1        run the first prompt, and ask the proposer for pieces against what failed
    2, 3...  sample two prompts from what is believed about the pieces, run each on half of the
             minibatch, learn, ask for one more proposal
    4, 8...  the prompt that is best by the model, if it is another one, is run beside the incumbent
             on the scenarios of the round before; it takes the incumbent's place unless it
             regresses; the replies are learned from as all others
    close    the same once more; the incumbent then faces the smoke split

A proposal costs one call and a minibatch twenty, so proposals are not raced: their pieces join the
pool, and those that help stay. Measured (benchmarks/bench_optimizers.py, docs/benchmarks.md) it
gains several times what comparing whole prompts does.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from usersim_opt.basics.arguments import check_fields
from usersim_opt.basics.errors import BadReply, PromptError
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.collapse import collapsed
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.results.versions import Version
from usersim_opt.tuning.belief import Belief
from usersim_opt.tuning.gates import Gate, NoRegression, Ruling, judge, settings_of
from usersim_opt.tuning.guard import MAX_CHARACTERS, Guard
from usersim_opt.tuning.intake import Intake, Review, read_pieces
from usersim_opt.tuning.proposal import (
    EXTENTS,
    REMEMBERED,
    REMEMBERED_CHARACTERS,
    Extent,
    Request,
    proposal_material,
    read_proposal,
)
from usersim_opt.tuning.run import GUARD, Run

FIRST_PROPOSALS = 8
"""Proposals after the first look; many pieces at once learn more from the same replies."""
REPLIES_A_PROPOSAL = 10
"""Replies between proposals; four times as many once no new pieces come."""
SHOWN_PIECES = 20
"""Pieces under test that a proposer is shown beside the prompt."""
BARREN = 10
"""Proposals in a row without a new piece after which none is expected any more."""
_REQUESTS: tuple[Request, ...] = (
    "edit", "edit", "edit", "shorten",
    "edit", "edit", "edit", "merge",
    "edit", "edit", "edit", "rewrite",
)  # fmt: skip
"""What the proposer is asked for in turn, after the first proposals."""


@dataclass
class _State:
    """What the search has come to; made anew when it begins."""

    incumbent: Version
    guard: Guard
    intake: Intake
    held: list[Version] = field(default_factory=list)
    """The incumbents but the first one, in order."""
    before: tuple[str, ...] = ()
    """The scenarios of the round before."""
    recent: list[Sequence[Outcome]] = field(default_factory=list)
    """The replies of the last rounds, which a proposer is shown."""
    rounds: int = 0
    asked: int = 0
    """Proposals that were asked for."""
    unasked: int = 0
    """Replies since the last proposal."""
    barren: int = 0
    """Proposals in a row that brought no new piece."""
    to_gain: float = 1.0
    """Expected value of perfect information at the last settling."""

    @property
    def is_barren(self) -> bool:
        """Whether no new pieces are expected any more."""
        return self.barren >= BARREN

    def proposals_due(self, replies: int) -> int:
        """How many proposals are due after a round of so many replies.

        Proposals are spread over the replies, so that each is made from failures that none before
        it has seen.
        """
        if not self.rounds:
            return FIRST_PROPOSALS
        each = 4 * REPLIES_A_PROPOSAL if self.is_barren else REPLIES_A_PROPOSAL
        return (self.unasked + replies) // each


@dataclass(eq=False)
class PieceSearch:
    """Thompson sampling over guidance pieces.

    PieceSearch(length_price=0.005)   # 100 characters must bring half a point of the pass rate
    PieceSearch(min_gain=0.01)        # end when no proposal brings a new piece and less than a
                                      # point is to be gained from the known ones
    """

    length_price: float = 0.002
    min_gain: float = 0.005
    regression: Gate = field(default_factory=NoRegression)
    _state: _State = field(init=False, repr=False)
    _belief: Belief = field(init=False, repr=False)

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def name(self) -> str:
        """Rule and settings."""
        settings = f"length_price={self.length_price!r}, min_gain={self.min_gain!r}"
        return f"PieceSearch({settings}, regression={settings_of(self.regression)})"

    def begin(self, seed: Version, guard: Guard) -> None:
        """Start from a version."""
        self._state = _State(seed, guard, Intake(guard, Prompt(seed.text)))

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
        """Whether no new pieces come and the known ones are known well enough.

        They are once the expected value of perfect information is small: then even the truth about
        every piece would change the prompt to hardly any gain.
        """
        return self._state.is_barren and self._state.to_gain < self.min_gain

    def price(self, run: Run, batch: Sequence[str]) -> int:
        """The most that a round and the close after it may cost.

        That is a minibatch, its proposals, a pair of prompts on the scenarios before if the round
        settles, and to close one on these.
        """
        state = self._state
        minibatch = run.price(batch)
        settling = 2 * run.price(state.before) if _settles(state.rounds + 1) else 0
        closing = 2 * minibatch
        return minibatch + settling + closing + max(1, state.proposals_due(len(batch)))

    def step(self, run: Run, number: int, batch: Sequence[str]) -> None:
        """Look or sample, learn, propose; settle in rounds 4, 8, 16, 32, ... and in every 32nd."""
        state, stage = self._state, f"{number:03}"
        if number == 1:
            self._look(run, stage, batch)
        else:
            if _settles(number):
                self._settle(run, f"{stage}.regression")
            self._sample(run, stage, batch)
        self._propose_all(run, stage, state.proposals_due(len(batch)), replies=len(batch))
        state.before, state.rounds = tuple(batch), number

    def close(self, run: Run, number: int) -> None:
        """Settle for the last time."""
        if self._state.before:
            self._settle(run, f"{number - 1:03}.close")

    # -- replies ----------------------------------------------------------------------------------

    def _look(self, run: Run, stage: str, batch: Sequence[str]) -> None:
        """Run the first prompt; what is believed begins with its pieces."""
        state = self._state
        self._belief = Belief(
            Prompt(state.incumbent.text),
            run.data.scenarios,
            seed=run.seed,
            max_characters=MAX_CHARACTERS,
            length_price=self.length_price,
        )
        (replies,) = run.measure([state.incumbent], batch, stage=f"{stage}.look")
        self._learn(run, state.incumbent, replies)

    def _sample(self, run: Run, stage: str, batch: Sequence[str]) -> None:
        """Two prompts drawn from the belief, each on half of the minibatch.

        Two draws of ten replies teach more about the pieces than one of twenty: they differ in what
        is in.
        """
        middle = (len(batch) + 1) // 2
        halves = [half for half in (batch[:middle], batch[middle:]) if half]
        versions = [self._version(run, self._belief.sample()) for _ in halves]
        parts = list(zip(versions, halves, strict=True))
        sides = run.measure_each(parts, stage=f"{stage}.sample")
        for version, outcomes in zip(versions, sides, strict=True):
            self._learn(run, version, outcomes)

    def _learn(self, run: Run, version: Version, outcomes: Sequence[Outcome]) -> None:
        """Learn from the replies of a version.

        A prompt whose replies ignore the chat is held to have failed: such replies break few rules
        and play nobody.
        """
        state, void = self._state, bool(collapsed(outcomes, run.data.scenarios))
        self._belief.learn(outcomes, Prompt(version.text), void=void)
        state.recent = [*state.recent, outcomes][-2 * EXTENTS[0].rounds :]

    # -- incumbents -------------------------------------------------------------------------------

    def _settle(self, run: Run, stage: str) -> None:
        """Make the prompt that is best by the model the incumbent, unless its gate turns it down.

        It is compared on the scenarios of the round before.
        """
        state = self._state
        prompt, state.to_gain = self._belief.best()
        candidate = self._version(run, prompt)
        if candidate == state.incumbent or self._is_guarded(run, stage, candidate):
            return
        old, new = run.measure([state.incumbent, candidate], state.before, stage=stage)
        self._learn(run, state.incumbent, old)
        self._learn(run, candidate, new)
        judgement = judge(self.regression, old, new, scenarios=run.data.scenarios)
        if run.rule(stage, candidate, judgement, against=state.incumbent):
            state.incumbent = candidate
            state.held.append(candidate)

    def _is_guarded(self, run: Run, stage: str, candidate: Version) -> bool:
        """Whether the guard objects to a whole prompt whose pieces passed one by one.

        Together they may retell a task.
        """
        state = self._state
        objections = state.guard.objections(Prompt(candidate.text))
        return run.is_guarded(stage, candidate, objections, against=state.incumbent)

    def _version(self, run: Run, prompt: Prompt) -> Version:
        return run.version_of(prompt, parent=self._state.incumbent.id)

    # -- proposals --------------------------------------------------------------------------------

    def _propose_all(self, run: Run, stage: str, proposals: int, *, replies: int) -> None:
        """Make the proposals of a round; its replies are kept for the next one if none is due."""
        for _ in range(proposals):
            self._propose(run, stage)
        self._state.unasked = 0 if proposals else self._state.unasked + replies

    def _propose(self, run: Run, stage: str) -> None:
        """Ask for a prompt, and take in the pieces of it that are new and pass the guard."""
        state = self._state
        request, basis = self._request()
        state.asked += 1
        stage = f"{stage}.propose{state.asked}"

        def material(extent: Extent) -> str:
            return self._material(run, request, basis, extent)

        try:
            answer = run.ask_proposer(material, stage=stage)
            prompt, amiss = read_pieces(read_proposal(answer, max_characters=MAX_CHARACTERS))
        except (BadReply, PromptError) as error:
            state.barren += 1
            self._note(run, stage, "proposal", Ruling(False, str(error)))
            return
        reframes = request in ("rewrite", "merge") and not amiss
        self._take_in(run, stage, prompt, reframes=reframes, amiss=amiss)

    def _request(self) -> tuple[Request, Prompt]:
        """What the proposer is asked for this time, and the prompt that it is to change."""
        state = self._state
        turn = max(0, state.asked - FIRST_PROPOSALS) % len(_REQUESTS)
        request = _REQUESTS[turn]
        if request == "edit":
            return request, self._belief.hopeful()
        guess = self._belief.guess()
        if request == "merge" and guess.sha256 == state.incumbent.sha256:
            # A prompt has nothing to merge with itself.
            return "edit", self._belief.hopeful()
        return request, guess

    def _material(self, run: Run, request: Request, basis: Prompt, extent: Extent) -> str:
        """The proposer's message for a request on a prompt, to an extent."""
        state = self._state
        recent = state.recent[-2 * extent.rounds :]
        return proposal_material(
            basis,
            run.data.scenarios,
            [outcome for outcomes in recent for outcome in outcomes],
            rejected=self._rejected(),
            left_out=self._belief.left_out(basis)[-SHOWN_PIECES:],
            request=request,
            other=Prompt(state.incumbent.text) if request == "merge" else None,
            extent=extent,
        )

    def _rejected(self) -> list[dict[str, str]]:
        """The pieces that were turned away last, with the reason."""
        turned_away = list(self._state.intake.turned_away.items())[-REMEMBERED:]
        return [
            {"added": words[:REMEMBERED_CHARACTERS], "reason": reason}
            for words, reason in turned_away
        ]

    def _take_in(self, run: Run, stage: str, prompt: Prompt, *, reframes: bool, amiss: str) -> None:
        """Let the pieces that may be tried join the pool; record what was left out and why.

        `amiss` is what is wrong with the proposal's place for the private scenario.
        """
        state, belief = self._state, self._belief
        new_frame = reframes and not belief.knows_frame(prompt)
        review = state.intake.review(prompt, belief.pool, new_frame=new_frame)
        review = replace(review, frame=amiss or review.frame)
        with_frame = new_frame and not review.frame
        taken = len(belief.add(prompt, review.welcome, with_frame=with_frame))
        state.barren = 0 if taken else state.barren + 1
        rule = GUARD if review.refused and not taken else "proposal"
        self._note(run, stage, rule, Ruling(bool(taken), _summary(taken, review)))

    def _note(self, run: Run, stage: str, rule: str, ruling: Ruling) -> None:
        run.note(stage, None, rule=rule, ruling=ruling, against=self._state.incumbent)


def _summary(taken: int, review: Review) -> str:
    """What a proposal brought, and what was left out of it."""
    pieces = f"{taken} new piece{'s' if taken > 1 else ''}" if taken else "nothing new"
    return "; ".join(filter(None, [pieces, str(review)]))


def _settles(number: int) -> bool:
    """Whether a round begins by settling on an incumbent: the 4th, 8th, 16th, then every 32nd.

    Early on a settling costs much of what has been spent, later on the model changes little.
    """
    is_power_of_two = number & (number - 1) == 0
    return number >= 4 and (is_power_of_two or number % 32 == 0)
