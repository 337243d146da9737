"""What a search believes about guidance pieces: the pool of them, the model of their worth, and the prompts that follow.

    sample   one draw of every piece's worth, and the prompt of the pieces that are worth their length in it
    best     the same with the mean of many draws

Pieces with a stop token are never left out: the scenarios end on the next turn, so nothing measures what they are for.
Of two pieces that say nearly the same only the worthier is in. A prompt that is too long loses what is worth least.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from usersim_opt.basics.text import has_stop_token, overlap
from usersim_opt.customer.pieces import PiecePool, frame_id
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.piece_model import PieceModel
from usersim_opt.measuring.verdict_arrays import Array
from usersim_opt.measuring.verdicts import dimensions_of, verdicts_of, weights_of
from usersim_opt.results.attribution import PRIOR_OF_THE_FIRST
from usersim_opt.scenarios.records import Scenario
from usersim_opt.tuning.guard import SAME

REMEMBERED_DRAWS = 12


class Belief:
    """Begins with the pieces of the first prompt; `length_price` is the gain that 100 characters must bring, 0 to 1."""

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
        self._frames = {frame_id(first.text): first}
        self._first_frame = frame_id(first.text)
        self._max_characters, self._length_price = max_characters, length_price
        self._model = PieceModel(self._dimensions, seed=seed)
        self._numbers: dict[str, int] = {}
        self._weights: Array = np.zeros(len(self._dimensions))
        self._rivals: list[tuple[str, str]] = []
        self._seen: dict[str, Outcome] = {}
        self._draws: list[Array] = []
        self._number(self.pool.add(first), prior_mean=PRIOR_OF_THE_FIRST)

    def add(self, prompt: Prompt, only: Collection[str], *, with_frame: bool = False) -> list[str]:
        """Take in those pieces of a proposal that are new and among `only`, and its frame if wanted; the ids of the pieces."""
        new = self.pool.add(prompt, only)
        self._number(new)
        if with_frame:
            self._frames[frame_id(prompt.text)] = prompt
            self._numbers[frame_id(prompt.text)] = self._model.add_piece()
        return new

    def knows_frame(self, prompt: Prompt) -> bool:
        """Whether the frame of a prompt is one of those that are tried."""
        return frame_id(prompt.text) in self._frames

    def learn(
        self,
        outcomes: Sequence[Outcome],
        prompt: Prompt,
        *,
        void: bool = False,
    ) -> None:
        """Take in the verdicts on a composed prompt; `void` counts them as failed whatever they say."""
        names = [*(piece.id for piece in prompt.pieces), frame_id(prompt.text)]
        members = [self._numbers[name] for name in names if name in self._numbers]
        found = [
            verdict
            for outcome in outcomes
            for verdict in verdicts_of(outcome, self._scenarios[outcome.scenario])
        ]
        self._model.add_verdicts(
            prompt.sha256,
            members,
            [(c, dimension, passed and not void) for c, dimension, passed in found],
        )
        self._seen |= {outcome.scenario: outcome for outcome in outcomes}
        self._weights = weights_of(self._seen.values(), self._scenarios, self._dimensions)

    def sample(self) -> Prompt:
        """A prompt by Thompson sampling."""
        self._draws = [*self._draws, self._model.draw(self._weights)][-REMEMBERED_DRAWS:]
        return self._prompt(self._draws[-1])

    def guess(self) -> Prompt:
        """The best prompt by the last few draws; costs nothing."""
        return self._prompt(self._recent_mean())

    def best(self, *, draws: int = 120) -> tuple[Prompt, float]:
        """The best prompt by the posterior's mean, and how much better the true best is expected to be than that one, 0 to 1.

        The second is the expected value of perfect information about the known pieces: what more measuring can bring at most.
        """
        values = self._model.posterior(draws=draws, burn_in=10).values(self._weights)
        self._draws = list(values[-REMEMBERED_DRAWS:])
        mean = values.mean(axis=0)
        free = np.array(
            [
                number
                for name, number in self._numbers.items()
                if name in self.pool and not self._kept(name)
            ],
            dtype=np.intp,
        )
        prices = np.zeros(values.shape[1])
        for name, number in self._numbers.items():
            prices[number] = self._price(name)
        net = values[:, free] - prices[free]
        return self._prompt(mean), float(
            np.maximum(net, 0).sum(axis=1).mean() - np.maximum(net.mean(axis=0), 0).sum()
        )

    def hopeful(self) -> Prompt:
        """The prompt of everything that may yet be worth its length: what any of the last draws had in, and what came in since."""
        highest = np.full(self._model.pieces, -np.inf)
        for draw in self._draws:
            highest[: len(draw)] = np.maximum(highest[: len(draw)], draw)
        return self._prompt(np.where(np.isfinite(highest), highest, 1.0))

    def left_out(self, prompt: Prompt) -> list[str]:
        """The words of the known pieces that are not in the prompt, the latest last."""
        inside = {piece.id for piece in prompt.pieces}
        return [self.pool[piece].words for piece in self.pool if piece not in inside]

    def _prompt(self, values: Array) -> Prompt:
        worth = {
            name: float(values[number]) - self._price(name)
            for name, number in self._numbers.items()
            if number < len(values)
        }
        frame = max(
            self._frames,
            key=lambda name: 0.0 if name == self._first_frame else worth.get(name, -1.0),
        )
        wanted = {piece for piece in self.pool if self._kept(piece) or worth.get(piece, -1.0) > 0}
        for one, other in self._rivals:
            if one in wanted and other in wanted and not (self._kept(one) or self._kept(other)):
                wanted.discard(one if worth.get(one, -1.0) < worth.get(other, -1.0) else other)
        if not wanted:
            wanted = {max(self.pool, key=lambda piece: worth.get(piece, -1.0))}
        return self._shortened(self._frames[frame], wanted, worth)

    def _shortened(self, frame: Prompt, wanted: set[str], worth: Mapping[str, float]) -> Prompt:
        prompt = self.pool.compose(frame, wanted)
        for piece in sorted(
            (piece for piece in wanted if not self._kept(piece)),
            key=lambda piece: (worth[piece], piece),
        ):
            if len(prompt.text) <= self._max_characters:
                break
            wanted = wanted - {piece}
            prompt = self.pool.compose(frame, wanted)
        return prompt

    def _recent_mean(self) -> Array:
        total, count = np.zeros(self._model.pieces), np.zeros(self._model.pieces)
        for draw in self._draws:
            total[: len(draw)] += draw
            count[: len(draw)] += 1
        return np.asarray(total / np.maximum(count, 1))

    def _kept(self, piece: str) -> bool:
        return has_stop_token(self.pool[piece].text)

    def _price(self, name: str) -> float:
        return (
            self._length_price * len(self.pool[name].text.strip()) / 100
            if name in self.pool
            else 0.0
        )

    def _number(self, pieces: Iterable[str], *, prior_mean: float = 0.0) -> None:
        for piece in pieces:
            words = self.pool[piece].words
            twins = [
                other
                for other in self._numbers
                if other in self.pool and overlap(words, self.pool[other].words) >= SAME
            ]
            self._rivals += [(piece, other) for other in twins]
            self._numbers[piece] = self._model.add_piece(prior_mean=prior_mean)
