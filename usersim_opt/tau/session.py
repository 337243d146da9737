"""Simulations of one call: played in waves that fit the budget, kept as they end, given up early.

Those that cost nothing, such as the line of an idle agent, come first and are never left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from tqdm.auto import tqdm

from usersim_opt.basics.errors import TooManyErrors
from usersim_opt.measuring.bars import silence
from usersim_opt.results.waves import next_wave, players
from usersim_opt.tau.scripted import NOBODY
from usersim_opt.tau.simulation import Simulation
from usersim_opt.tau.simulation_file import SimulationFile

HOPELESS = 8
"""So many lost simulations, and none before them that was not, end it."""


class Job(Protocol):
    """A simulation to be played; its record has the same key."""

    @property
    def key(self) -> tuple[str, str, int]:
        """Prompt, task and trial."""
        ...

    @property
    def is_free(self) -> bool:
        """Whether no model is called for it."""
        ...

    def play(self) -> Simulation:
        """Play it to its end."""
        ...


@dataclass(frozen=True)
class _Session:
    """The simulations that ended since this call began."""

    kept: SimulationFile
    bar: Any
    ended: list[Simulation] = field(default_factory=list)

    def keep(self, simulation: Simulation) -> None:
        """Write one down; TooManyErrors where none can be hoped for."""
        self.kept.add(simulation)
        self.bar.update()
        if simulation.talk.user != NOBODY:
            self.ended.append(simulation)
        _stop_if_hopeless(self.ended)


def _stop_if_hopeless(ended: Sequence[Simulation]) -> None:
    if len(ended) == HOPELESS and all(each.is_lost for each in ended):
        raise TooManyErrors(
            f"the first {HOPELESS} simulations were lost, the last with {ended[-1].talk.why!r}; "
            "mend that and go on with the same call"
        )


def play(
    jobs: Sequence[Job], kept: SimulationFile, *, workers: int, most: int, max_calls: int | None
) -> None:
    """Play what is not kept yet; `most` is the number of calls that one of them may take."""
    free = [job for job in jobs if job.is_free]
    paid = [job for job in jobs if not job.is_free]
    bar = tqdm(total=len(jobs), unit="run", desc="simulations", disable=silence(tqdm))
    with players(workers) as player, bar:
        bar.update(sum(job.key in kept.played for job in jobs))
        session = _Session(kept, bar)
        for some, price in ((free, 0), (paid, most)):
            while wave := next_wave(some, kept.played, most=price, max_calls=max_calls):
                player([job.play for job in wave], session.keep)
        kept.put_in_order([job.key for job in jobs])
