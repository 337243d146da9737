"""Belief: the pool of guidance pieces, the model of what each is worth, the prompts that follow.

    sample   one draw of every piece's worth, and the prompt of the pieces worth their length in it
    best     the same with the mean of many draws

Pieces with a stop token are never left out: the scenarios end on the next turn, so nothing measures
what they are for. Of two pieces that say nearly the same only the worthier is in. A prompt that is
too long loses what is worth least.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

import numpy as np

from usersim_opt.basics.text import has_stop_token, overlap
from usersim_opt.customer.pieces import PiecePool, frame_id
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.piece_model import PieceModel
from usersim_opt.measuring.verdict_arrays import Array
from usersim_opt.measuring.verdicts import ScoredVerdict, dimensions_of, verdicts_of, weights_of
from usersim_opt.results.attribution import PRIOR_OF_THE_FIRST
from usersim_opt.scenarios.records import Scenario
from usersim_opt.tuning.guard import SAME

REMEMBERED_DRAWS = 12
"""Draws that a guess, and what may yet be worth its length, are read from."""
DRAWS, BURN_IN = 120, 10
"""Draws behind the best prompt, and sweeps before them; the chain goes on, so few suffice."""
UNKNOWN = -1.0
"""Worth of a piece that the draws do not have yet: less than any effect on a pass rate."""
HOPED_FOR = 1.0
"""Worth of such a piece where hope is asked for: more than any effect."""


@dataclass(frozen=True)
class _Worths:
    """What pieces and frames are worth in one draw, or in the mean of many: gain less price."""

    by_name: Mapping[str, float]

    def of(self, name: str) -> float:
        """The worth of a piece or frame, 0 to 1 each way; `UNKNOWN` where the draw lacks it."""
        return self.by_name.get(name, UNKNOWN)


class Belief:
    """Begins with the pieces of the first prompt.

    `length_price` is the gain in the pass rate, 0 to 1, that 100 characters must bring.
    """

    def __init__(
        self,
        first: Prompt,
        scenarios: Mapping[str, Scenario],
        *,
        seed: int,
        max_characters: int,
        length_price: float,
    ) -> None:
        self.pool = PiecePool()
        self._scenarios = scenarios
        # Only dimensions of these scenarios take part, so a dimension that is merely known to the
        # library changes no draw.
        self._dimensions = dimensions_of(scenarios.values())
        self._model = PieceModel(self._dimensions, seed=seed)
        self._weights: Array | None = None
        self._max_characters, self._length_price = max_characters, length_price
        self._first_frame = frame_id(first.text)
        self._frames = {self._first_frame: first}
        self._numbers: dict[str, int] = {}
        self._rivals: list[tuple[str, str]] = []
        self._latest: dict[str, Outcome] = {}
        self._draws: list[Array] = []
        self._number(self.pool.add(first), prior_mean=PRIOR_OF_THE_FIRST)

    # -- pieces and replies -----------------------------------------------------------------------

    def add(self, prompt: Prompt, only: Collection[str], *, with_frame: bool = False) -> list[str]:
        """Take in the new pieces of a proposal that are among `only`; their ids.

        With `with_frame` its frame is tried from now on, too.
        """
        new = self.pool.add(prompt, only)
        self._number(new)
        if with_frame:
            name = frame_id(prompt.text)
            self._frames[name] = prompt
            self._numbers[name] = self._model.add_piece()
        return new

    def knows_frame(self, prompt: Prompt) -> bool:
        """Whether the frame of a prompt is one of those that are tried."""
        return frame_id(prompt.text) in self._frames

    def learn(self, outcomes: Sequence[Outcome], prompt: Prompt, *, void: bool = False) -> None:
        """Take in the verdicts on a composed prompt.

        `void` counts them as failed, whatever they say.
        """
        members = self._members(prompt)
        for outcome in outcomes:
            verdicts = [
                (criterion, dimension, passed and not void)
                for criterion, dimension, passed in self._verdicts(outcome)
            ]
            self._model.add_verdicts(prompt.sha256, members, verdicts)
        self._latest |= {outcome.scenario: outcome for outcome in outcomes}
        self._weights = None

    def left_out(self, prompt: Prompt) -> list[str]:
        """The words of the known pieces that are not in the prompt, the latest last."""
        inside = {piece.id for piece in prompt.pieces}
        return [self.pool[piece].words for piece in self.pool if piece not in inside]

    def _number(self, pieces: Iterable[str], *, prior_mean: float = 0.0) -> None:
        """Give new pieces a number in the model, and note which of the others they rival."""
        for piece in pieces:
            self._rivals += [(piece, twin) for twin in self._twins(piece)]
            self._numbers[piece] = self._model.add_piece(prior_mean=prior_mean)

    def _twins(self, piece: str) -> list[str]:
        """The pieces with a number that say nearly the same."""
        words = self.pool[piece].words
        pieces = [name for name in self._numbers if name in self.pool]
        return [other for other in pieces if overlap(words, self.pool[other].words) >= SAME]

    def _members(self, prompt: Prompt) -> list[int]:
        """The numbers of a prompt's pieces and frame; the first frame has none, it is the base."""
        names = [*(piece.id for piece in prompt.pieces), frame_id(prompt.text)]
        return [self._numbers[name] for name in names if name in self._numbers]

    def _verdicts(self, outcome: Outcome) -> Iterator[ScoredVerdict]:
        return verdicts_of(outcome, self._scenarios[outcome.scenario])

    # -- prompts ----------------------------------------------------------------------------------

    def sample(self) -> Prompt:
        """A prompt by Thompson sampling.

        One draw of the posterior stands for the truth, and the prompt that is best in it is run. So
        a piece is in as often as it is likely to help: what nobody knows yet is tried, what is
        known to harm is not, and no rate of exploring needs to be set.
        """
        draw = self._model.draw(self._shares())
        self._draws = [*self._draws, draw][-REMEMBERED_DRAWS:]
        return self._prompt(draw)

    def guess(self) -> Prompt:
        """The best prompt by the last few draws; costs no new one."""
        return self._prompt(self._recent_mean())

    def best(self) -> tuple[Prompt, float]:
        """The best prompt by the posterior's mean, and what more measuring can add at most, 0 to 1.

        The second is the expected value of perfect information about the known pieces: how much
        better the true best prompt is expected to be than this one.
        """
        values = self._model.posterior(draws=DRAWS, burn_in=BURN_IN).values(self._shares())
        self._draws = list(values[-REMEMBERED_DRAWS:])
        return self._prompt(values.mean(axis=0)), self._left_to_gain(values)

    def hopeful(self) -> Prompt:
        """The prompt of everything that may yet be worth its length.

        That is what any of the last draws had in, and what came in since. A proposer is shown this
        one, so that it does not propose again what is still being tried.
        """
        highest = np.full(self._model.pieces, -np.inf)
        for draw in self._draws:
            highest[: len(draw)] = np.maximum(highest[: len(draw)], draw)
        return self._prompt(np.where(np.isfinite(highest), highest, HOPED_FOR))

    def _left_to_gain(self, values: Array) -> float:
        """The expected value of perfect information; `values` has the shape draws x pieces.

        With perfect information each piece would be in exactly where its net worth is above zero:
        the mean over draws of the sum of positive worths. Without it the mean worth decides: the
        sum of positive means. The model is additive, so pieces are decided upon one by one.
        """
        free = [name for name in self._numbers if name in self.pool and not self._stays(name)]
        columns = np.array([self._numbers[name] for name in free], dtype=np.intp)
        net = values[:, columns] - np.array([self._price(name) for name in free])
        informed = np.maximum(net, 0).sum(axis=1).mean()
        by_the_mean = np.maximum(net.mean(axis=0), 0).sum()
        return max(0.0, float(informed - by_the_mean))  # it is never negative but for rounding

    def _prompt(self, values: Array) -> Prompt:
        """The prompt that is best if the pieces are worth these values; shape: pieces."""
        worths = self._worths(values)
        wanted = self._wanted(worths)
        return self._shortened(self._best_frame(worths), wanted, worths)

    def _worths(self, values: Array) -> _Worths:
        """The values less the prices; a draw from before a piece came in does not have it."""
        numbered = self._numbers.items()
        return _Worths(
            {
                name: float(values[number]) - self._price(name)
                for name, number in numbered
                if number < len(values)
            }
        )

    def _best_frame(self, worths: _Worths) -> Prompt:
        """The frame that is worth most; the others are worth what they add to the first."""

        def worth(name: str) -> float:
            return 0.0 if name == self._first_frame else worths.of(name)

        return self._frames[max(self._frames, key=worth)]

    def _wanted(self, worths: _Worths) -> set[str]:
        """The pieces that are worth their length, one of each rivals; at least one piece.

        None where the pool is empty: a prompt that is all frame has no pieces.
        """
        wanted = {piece for piece in self.pool if self._stays(piece) or worths.of(piece) > 0}
        for pair in self._rivals:
            if wanted.issuperset(pair) and not any(map(self._stays, pair)):
                wanted.discard(_lesser(pair, worths))
        return wanted or set(nlargest(1, self.pool, key=worths.of))

    def _shortened(self, frame: Prompt, wanted: set[str], worths: _Worths) -> Prompt:
        """The frame with the wanted pieces, less those worth least if it would be too long."""
        prompt = self.pool.compose(frame, wanted)
        free = [piece for piece in wanted if not self._stays(piece)]
        for piece in sorted(free, key=lambda piece: (worths.of(piece), piece)):
            if len(prompt.text) <= self._max_characters:
                break
            wanted = wanted - {piece}
            prompt = self.pool.compose(frame, wanted)
        return prompt

    def _recent_mean(self) -> Array:
        """The mean of the last draws that have a piece, 0 for a piece that none has."""
        total, count = np.zeros(self._model.pieces), np.zeros(self._model.pieces)
        for draw in self._draws:
            total[: len(draw)] += draw
            count[: len(draw)] += 1
        return np.asarray(total / np.maximum(count, 1))

    def _shares(self) -> Array:
        """The weights of the dimensions: their shares among the criteria measured so far."""
        if self._weights is None:
            self._weights = weights_of(self._latest.values(), self._scenarios, self._dimensions)
        return self._weights

    def _stays(self, piece: str) -> bool:
        """Whether a piece is in every prompt, because it has a stop token."""
        return has_stop_token(self.pool[piece].text)

    def _price(self, name: str) -> float:
        """The gain that a piece must bring to be worth its length; a frame has no price.

        Every character is read at every turn and crowds the others, so a piece of no effect is not
        to stay in by chance.
        """
        if name not in self.pool:
            return 0.0
        characters = len(self.pool[name].text.strip())
        return self._length_price * characters / 100


def _lesser(pair: tuple[str, str], worths: _Worths) -> str:
    """The piece of a pair that is worth less."""
    one, other = pair
    return one if worths.of(one) < worths.of(other) else other
