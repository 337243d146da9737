"""Tasks of tau-bench or tau-trait in a checkout, and what an agent scores there by each prompt.

    bench = uso.tau.checkout("tau-bench", domain="airline", task_ids=[0, 1, 2])
    bench.evaluate({"base": base, "tuned": tuned}, "openai/NAME", lm=user, trials=4)

    run_dir/tau_bench.json         what the simulations are made from
    run_dir/simulations.jsonl      one simulation a line
    run_dir/tau_bench_NAME.json    those of a prompt in tau-bench's own form
    run_dir/comparison.json        with the simulations all that uso.tau.read needs

The rest is as in uso.tau.evaluate: the table, the line of the idle agent, lost runs, resume. The
model of the customer is called by our own simulator, with the seed of the trial; tau-bench itself
sends none.

Traits are prompts as well: uso.tau.trait_prompts.

Not covered: a price beforehand, tau-bench's other agents, tau-trait's steering service.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import file_name, write_text
from usersim_opt.basics.layout import some
from usersim_opt.basics.text import sha256
from usersim_opt.customer.prompt import Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.results.fingerprint import Inputs
from usersim_opt.tau.asked import check_numbers, trial_seeds
from usersim_opt.tau.bench.agents import agent_in
from usersim_opt.tau.bench.customer import Nobody
from usersim_opt.tau.bench.package import package_in
from usersim_opt.tau.bench.playing import MOST_CALLS, Cast, Stage, simulate
from usersim_opt.tau.kept import keep
from usersim_opt.tau.models import as_lm
from usersim_opt.tau.session import play
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation import Simulation
from usersim_opt.tau.simulation_file import SimulationFile
from usersim_opt.tau.trajectories import to_tau_bench
from usersim_opt.tau.users import named_prompts


class _BenchFile(SimulationFile):
    """The folder of an evaluation in tau-bench."""

    head = "tau_bench.json"


@dataclass(frozen=True)
class _Job:
    stage: Stage
    cast: Cast
    task: int
    trial: int
    seed: int

    @property
    def key(self) -> tuple[str, str, int]:
        return self.cast.prompt.sha256, str(self.task), self.trial

    @property
    def is_free(self) -> bool:
        return self.cast.sim is None

    def play(self) -> Simulation:
        return simulate(self.stage, self.cast, self.task, trial=self.trial, seed=self.seed)


@dataclass(frozen=True)
class Bench:
    """Some tasks of a checkout, by their numbers, with the checkout's own records of them."""

    stage: Stage
    tasks: Mapping[int, Any]

    @property
    def texts(self) -> Mapping[str, int]:
        """By task, the number of the text that its customer is given; equal texts have one."""
        numbers: dict[str, int] = {}
        return {
            str(number): numbers.setdefault(task.instruction, len(numbers))
            for number, task in self.tasks.items()
        }

    def evaluate(
        self,
        prompts: Prompt | str | Mapping[str, Prompt | str],
        agent: Any,
        *,
        lm: dspy.LM | str,
        trials: int = 1,
        workers: int = DEFAULT_WORKERS,
        run_dir: str | Path | None = None,
        max_calls: int | None = None,
    ) -> Downstream:
        """Play the tasks with a customer by each prompt, and return what the agent scored.

        `agent` is `idle`, `oracle`, a model (a dspy.LM or its string), which the checkout's own
        agent then runs on, or an AgentMaker whose `make(environment, task)` gives something with
        tau-bench's `solve`. Raises what uso.tau.evaluate raises.
        """
        check_numbers(trials=trials, workers=workers, max_calls=max_calls)
        named, user = named_prompts(prompts), as_lm(lm)
        with ExitStack() as stack:
            maker = stack.enter_context(agent_in(self.stage.package, agent))
            sims = {name: UserSimulator(prompt, user) for name, prompt in named.items()}
            casts = {name: Cast(maker, sim) for name, sim in sims.items()}
            line = Cast(stack.enter_context(agent_in(self.stage.package, "idle")))
            jobs = self._jobs(line, casts, trials)
            kept = stack.enter_context(_kept(run_dir, self._inputs(casts, trials)))
            play(jobs, kept, workers=workers, most=MOST_CALLS, max_calls=max_calls)
        found = self._found(jobs, line, casts, kept)
        if run_dir is not None:
            _write(found, Path(run_dir))
            keep(found, Path(run_dir), prompts={name: p.sha256 for name, p in named.items()})
        return found

    def _jobs(self, line: Cast, casts: Mapping[str, Cast], trials: int) -> list[_Job]:
        """The idle line first, then trial by trial and task by task, each under every prompt."""
        seeds = trial_seeds(trials)
        lines = [_Job(self.stage, line, task, 0, seeds[0]) for task in self.tasks]
        return lines + [
            _Job(self.stage, cast, task, trial, seed)
            for trial, seed in enumerate(seeds)
            for task in self.tasks
            for cast in casts.values()
        ]

    def _inputs(self, casts: Mapping[str, Cast], trials: int) -> Inputs:
        """What the simulations are made from; the budget may change from session to session."""
        cast = next(iter(casts.values()))
        tasks = "\n".join(task.model_dump_json() for task in self.tasks.values())
        return {
            "tau-bench": self.stage.name,
            "tasks": sha256(f"{list(self.tasks)}\n{tasks}"),
            "trials": trials,
            "prompts": {name: each.prompt.sha256 for name, each in casts.items()},
            "model.user": cast.user,
            "agent": cast.agent.name,
        }

    def _found(
        self, jobs: Sequence[_Job], line: Cast, casts: Mapping[str, Cast], kept: SimulationFile
    ) -> Downstream:
        def of(cast: Cast) -> tuple[Simulation, ...]:
            own = [job for job in jobs if job.cast is cast]
            return tuple(kept.played[job.key] for job in own if job.key in kept.played)

        left_out = sum(job.key not in kept.played for job in jobs)
        found = {name: of(cast) for name, cast in casts.items()}
        return Downstream(self.stage.name, found, of(line), self.texts, left_out)


@checks_arguments
def checkout(
    folder: str | Path | None = None,
    *,
    domain: str = "airline",
    split: str = "test",
    task_ids: Sequence[int | str] | None = None,
) -> Bench:
    """Tasks of the tau-bench or tau-trait that stands in a folder, all of a split or those named.

    Without a folder it is the one on Python's path. Its code is imported and run. InputError for a
    folder that is no checkout, and for a domain, a split or a task that it does not have.
    """
    stage = Stage(package_in(folder), domain, split)
    known = {str(n): task for n, task in enumerate(stage.environment(0, Nobody()).tasks)}
    wanted = list(known) if task_ids is None else [str(each) for each in task_ids]
    if missing := [each for each in wanted if each not in known]:
        raise InputError(
            f"task_ids: {stage.name} has no task {missing[0]!r}; it has {some(list(known))}"
        )
    if not wanted or len(set(wanted)) < len(wanted):
        raise InputError("task_ids: is empty, or names a task twice; expected different tasks")
    return Bench(stage, {int(each): known[each] for each in wanted})


@contextmanager
def _kept(run_dir: str | Path | None, inputs: Inputs) -> Iterator[SimulationFile]:
    """Where finished simulations go: a folder, or memory alone."""
    if run_dir is None:
        yield _BenchFile()
        return
    with _BenchFile.open(Path(run_dir), inputs) as file:
        yield file


def _write(found: Downstream, folder: Path) -> None:
    """FOLDER/tau_bench_NAME.json for each prompt, without the lost runs."""
    for name, simulations in found.simulations.items():
        kept = [each for each in simulations if not each.is_lost]
        entries = strict_json.loads(to_tau_bench([each.talk for each in kept]))
        scored = [
            entry | {"task_id": int(each.talk.task), "trial": each.trial, "reward": each.reward}
            for entry, each in zip(entries, kept, strict=True)
        ]
        write_text(
            folder / f"tau_bench_{file_name(name)}.json", f"{strict_json.dumps(scored, indent=1)}\n"
        )
