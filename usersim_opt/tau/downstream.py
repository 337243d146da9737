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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.models.litellm_model import LitellmModel
from usersim_opt.results.fingerprint import Inputs
from usersim_opt.tau.asked import SILENT, Prompts, trial_seeds
from usersim_opt.tau.chosen import Chosen, chosen
from usersim_opt.tau.kept import keep
from usersim_opt.tau.models import agent_of, called_by_tau2
from usersim_opt.tau.package import tau2
from usersim_opt.tau.scripted import NOBODY, Silent, idle
from usersim_opt.tau.session import play
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation import MAX_STEPS, AgentMaker, Casting, Simulation, simulate
from usersim_opt.tau.simulation_file import SimulationFile
from usersim_opt.tau.simulation_results import write_results
from usersim_opt.tau.users import named_prompts, user, with_tools


@dataclass(frozen=True)
class _Job:
    cast: Casting
    task: Any
    trial: int
    seed: int

    @property
    def key(self) -> tuple[str, str, int]:
        return self.cast.prompt.sha256, str(self.task.id), self.trial

    @property
    def is_free(self) -> bool:
        return not self.cast.user_price

    def play(self) -> Simulation:
        return simulate(self.cast, self.task, trial=self.trial, seed=self.seed)


@checks_arguments
def evaluate(
    prompts: Prompt | str | Mapping[str, Prompt | str],
    agent: Any,
    *,
    lm: dspy.LM | str,
    domain: str = "airline",
    task_ids: Sequence[Any] | str | None = None,
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
        play(jobs, kept, workers=workers, most=MAX_STEPS, max_calls=max_calls)
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
    line = Casting(tasks.domain, SILENT, lambda **_: Silent(), NOBODY, does_nothing, user_price=0)
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
