"""Does the prompt of the customer change what an agent scores? The same agent, tasks and trials.

    uso.tau.evaluate({"base": base, "tuned": tuned}, "openai/NAME", lm=user, domain="airline")

    run_dir/tau2.json            what they are made from
    run_dir/simulations.jsonl    one simulation a line
    run_dir/tau2_NAME.json       those of a prompt in tau2's own form, for its viewer
    run_dir/comparison.json      with the simulations all that `uso.tau.read` needs

Every prompt plays every task in every trial; the seed of a trial is tau2's own and the same for all
prompts. Beside them stands the line of an agent that does nothing. A simulation is kept when it has
ended, and the same call goes on after a break; what was lost is played again then.

Not covered: rewards that a judge model gives; several processes in one folder.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import dspy
from tqdm.auto import tqdm

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import TooManyErrors
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.bars import silence
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.models.litellm_model import LitellmModel
from usersim_opt.results.fingerprint import Inputs
from usersim_opt.results.waves import next_wave, players
from usersim_opt.tau.chosen import Chosen, chosen
from usersim_opt.tau.kept import keep
from usersim_opt.tau.models import agent_of, called_by_tau2
from usersim_opt.tau.package import tau2
from usersim_opt.tau.scripted import NOBODY, Silent, idle
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation import MAX_STEPS, AgentMaker, Casting, Simulation, simulate
from usersim_opt.tau.simulation_file import SimulationFile
from usersim_opt.tau.simulation_results import write_results
from usersim_opt.tau.users import named_prompts, user, with_tools

SEED = 300
"""From which tau2 draws the seeds of the trials."""
HOPELESS = 8
"""So many lost simulations, and none before them that was not, end it."""
_SILENT = Prompt("A customer who says one word, for an agent that does nothing.")
Prompts = Mapping[str, Prompt]


@dataclass(frozen=True)
class _Job:
    cast: Casting
    task: Any
    trial: int
    seed: int

    @property
    def key(self) -> tuple[str, str, int]:
        return self.cast.prompt.sha256, str(self.task.id), self.trial


@checks_arguments
def evaluate(
    prompts: Prompt | str | Mapping[str, Prompt | str],
    agent: Any,
    *,
    lm: dspy.LM | str,
    domain: str = "airline",
    task_ids: Sequence[str] | str | None = None,
    trials: Count = 1,
    workers: Count = DEFAULT_WORKERS,
    run_dir: str | Path | None = None,
    max_calls: Count | None = None,
) -> Downstream:
    """Play tasks of tau2 with a customer by each prompt, and return what the agent scored.

    `agent` is `idle`, `oracle`, a model (a dspy.LM or its string), which tau2's own agent then
    runs on, or an AgentMaker. `lm` plays the customer. `task_ids` are ids, or the name of a split,
    by default `base`. `max_calls` are calls of both sides: a simulation begins only where its 200
    messages would fit.

    Raises InputError for inputs that are none and where no tau2 is installed, ResumeMismatch for
    the folder of other inputs, TooManyErrors where each of the first eight simulations was lost.
    """
    named = named_prompts(prompts)
    tasks = chosen(domain, task_ids)
    with ExitStack() as stack:
        model = stack.enter_context(called_by_tau2(lm))
        maker = stack.enter_context(agent_of(agent))
        casts = _casts(named, tasks, model, maker)
        jobs = _jobs(casts, tasks, trials)
        inputs = _inputs(casts, tasks, trials)
        kept = stack.enter_context(_kept(run_dir, inputs))
        _play(jobs, kept, workers=workers, max_calls=max_calls)
    found = _found(jobs, casts, kept, tasks)
    if run_dir is not None:
        write_results(found, tasks, Path(run_dir))
        keep(found, Path(run_dir), prompts={name: casts[name].prompt.sha256 for name in named})
    return found


def _casts(
    prompts: Prompts, tasks: Chosen, model: LitellmModel, agent: AgentMaker
) -> dict[str, Casting]:
    """Who plays, by the name of the prompt; under no name the line of the idle agent."""
    equipped = tasks.has_user_tools
    casts = {
        name: Casting(
            domain=tasks.domain,
            prompt=with_tools(prompt) if equipped else prompt,
            customer=user(prompt, model),
            user=model.name,
            agent=agent,
        )
        for name, prompt in prompts.items()
    }
    does_nothing = AgentMaker("idle", idle, price=0)
    line = Casting(tasks.domain, _SILENT, lambda **_: Silent(), NOBODY, does_nothing, user_price=0)
    return {"": line, **casts}


def _jobs(casts: Mapping[str, Casting], tasks: Chosen, trials: int) -> list[_Job]:
    """The idle line first, then trial by trial and task by task, each under every prompt."""
    seeds = trial_seeds(trials)
    lines = [_Job(casts[""], task, 0, seeds[0]) for task in tasks.tasks]
    others = [cast for name, cast in casts.items() if name]
    return lines + [
        _Job(cast, task, trial, seed)
        for trial, seed in enumerate(seeds)
        for task in tasks.tasks
        for cast in others
    ]


def trial_seeds(trials: int) -> list[int]:
    """The seeds that tau2 gives its trials: 626729, 373753, ..."""
    random = Random(SEED)  # noqa: S311 - nothing secret
    return [random.randint(0, 1_000_000) for _ in range(trials)]


def _inputs(casts: Mapping[str, Casting], tasks: Chosen, trials: int) -> Inputs:
    """What the simulations are made from; the budget may change from session to session."""
    cast = next(cast for name, cast in casts.items() if name)
    return {
        "tau2": _version(),
        "domain": tasks.domain,
        "tasks": tasks.sha256,
        "trials": trials,
        "prompts": {name: cast.prompt.sha256 for name, cast in casts.items() if name},
        "model.user": cast.user,
        "agent": cast.agent.name,
    }


def _version() -> str:
    return f"{tau2().line} {tau2().version}"


@contextmanager
def _kept(run_dir: str | Path | None, inputs: Inputs) -> Iterator[SimulationFile]:
    """Where finished simulations go: a folder, or memory alone."""
    if run_dir is None:
        yield SimulationFile()
        return
    with SimulationFile.open(Path(run_dir), inputs) as file:
        yield file


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


def _play(
    jobs: Sequence[_Job], kept: SimulationFile, *, workers: int, max_calls: int | None
) -> None:
    free = [job for job in jobs if not job.cast.user_price]
    paid = [job for job in jobs if job.cast.user_price]
    bar = tqdm(total=len(jobs), unit="run", desc="simulations", disable=silence(tqdm))
    with players(workers) as player, bar:
        bar.update(sum(job.key in kept.played for job in jobs))
        session = _Session(kept, bar)
        for some, most in ((free, 0), (paid, MAX_STEPS)):
            while wave := next_wave(some, kept.played, most=most, max_calls=max_calls):
                player([partial(_simulated, job) for job in wave], session.keep)
        kept.put_in_order([job.key for job in jobs])


def _simulated(job: _Job) -> Simulation:
    return simulate(job.cast, job.task, trial=job.trial, seed=job.seed)


def _found(
    jobs: Sequence[_Job], casts: Mapping[str, Casting], kept: SimulationFile, tasks: Chosen
) -> Downstream:
    found = {
        name: tuple(
            kept.played[job.key] for job in jobs if job.cast is cast and job.key in kept.played
        )
        for name, cast in casts.items()
    }
    line = found.pop("")
    left_out = len(jobs) - len(line) - sum(map(len, found.values()))
    return Downstream(tasks.domain, found, line, tasks.texts, left_out, _version())
