"""One reply to be made and graded: who plays which scenario, and with which seed."""

from dataclasses import dataclass
from typing import Protocol

import dspy

from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.simulator import Turns, UserSimulator
from usersim_opt.scenarios.material import ScenarioSet
from usersim_opt.scenarios.records import Scenario, Task

Key = tuple[str, str, str, int]
"""Stage, version, scenario, repeat."""


class Player(Protocol):
    """Who gives the customer's next message: a UserSimulator, or a recording of one."""

    def __call__(self, *, scenario: str, history: Turns, config: Fields) -> dspy.Prediction:
        """A Prediction with `reply`."""
        ...


@dataclass(frozen=True)
class Job:
    """One reply to be made and graded; stage, version, scenario and repeat name it within a run."""

    simulator: Player
    task: Task
    scenario: Scenario
    version: str
    stage: str
    repeat: int
    seed: int

    @classmethod
    def of(
        cls,
        simulator: UserSimulator,
        data: ScenarioSet,
        scenario: str,
        *,
        version: str,
        stage: str,
        repeat: int,
        run_seed: int,
    ) -> "Job":
        """The job for a scenario of a set, by its id, with the seed that it has in a run."""
        chosen = data.scenarios[scenario]
        return cls(
            simulator=simulator,
            task=data.tasks[chosen.task_id],
            scenario=chosen,
            version=version,
            stage=stage,
            repeat=repeat,
            seed=job_seed(run_seed, stage, scenario, repeat),
        )

    @property
    def key(self) -> Key:
        """The same as the key of its outcome."""
        return (self.stage, self.version, self.scenario.id, self.repeat)


def job_seed(run_seed: int, stage: str, scenario: str, repeat: int) -> int:
    """The sampling seed of a job, 31 bits.

    The version is no part of it: two prompts that are compared share their seeds, so part of the
    chance in sampling is the same on both sides of a pair.
    """
    return int(sha256(f"{run_seed}:{stage}:{scenario}:{repeat}")[:8], 16) & 0x7FFFFFFF
