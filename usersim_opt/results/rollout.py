"""Many conversations: every task with every seed, at the same time, kept as they finish.

    run_dir/rollout.json          what they are made from
    run_dir/conversations.jsonl   one conversation a line

A conversation is written, flushed and synced when it has ended. What a kill or Ctrl-C leaves is
gone on with by the same call; one that was under way begins again. When all have ended the file is
put in the order of tasks and seeds, so that its bytes do not depend on threads or breaks.

The budget counts calls of both sides. Whether a conversation is played depends on what those before
it took and on nothing else, so a run in two sessions plays the same ones.

Not covered: agents in other processes; a folder shared by several hosts.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, overload

from tqdm.auto import tqdm

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError, TooManyErrors
from usersim_opt.basics.figures import OFFLINE_NOTE, many
from usersim_opt.basics.layout import grid, text
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import sha256
from usersim_opt.customer.agents import side_of
from usersim_opt.customer.conversation import CALL_FAULTS, Conversation, Conversations
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.customer.steering import Steering, steering_price
from usersim_opt.measuring.bars import silence
from usersim_opt.measuring.conversing import MAX_TURNS, agent_name, converse, user_name
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.models.naming import is_offline
from usersim_opt.results.conversation_file import ConversationFile
from usersim_opt.results.fingerprint import Inputs
from usersim_opt.results.transcripts.page import write_transcripts
from usersim_opt.results.waves import next_wave, players
from usersim_opt.scenarios.records import Task

HOPELESS = 8
"""So many conversations in which a call failed, and none before them that went well, end it."""
Key = tuple[str, int]
_ENDS = {
    "stopped": "left by the customer",
    "turn_limit": "at the limit of turns",
    "failed": "failed",
}


@dataclass(frozen=True, repr=False)
class Rollout(Sequence[Conversation]):
    """Conversations in the order of tasks and seeds; `left_out` did not fit into the budget."""

    conversations: Conversations
    left_out: int = 0

    @overload
    def __getitem__(self, index: int) -> Conversation: ...
    @overload
    def __getitem__(self, index: slice) -> Conversations: ...
    def __getitem__(self, index: int | slice) -> Conversation | Conversations:
        return self.conversations[index]

    def __len__(self) -> int:
        return len(self.conversations)

    @property
    def ends(self) -> Counter[str]:
        """How many ended in each way: stopped, turn_limit, failed."""
        return Counter(dict.fromkeys(_ENDS, 0) | Counter(each.end for each in self))

    @property
    def offline(self) -> bool:
        """Whether a stand-in took part."""
        return any(is_offline(each.user) or is_offline(each.agent) for each in self)

    def to_html(self, path: str | Path) -> Path:
        """Write the page of these conversations, and return its path."""
        return write_transcripts(self, path)

    @visibly
    def __repr__(self) -> str:
        return f"<Rollout: {self._head}>"

    @property
    def _head(self) -> str:
        ends = ", ".join(f"{self.ends[end]} {words}" for end, words in _ENDS.items())
        return f"{many(len(self), 'conversation')}: {ends}"

    @visibly
    def __str__(self) -> str:
        parts = [self._head, _left_out(self.left_out), _guards(self), _failures(self), _costs(self)]
        if self.offline:
            parts.append(OFFLINE_NOTE)
        return "\n".join(filter(None, parts))

    def _repr_html_(self) -> str:
        return f"<pre>{text(self)}</pre>"


def _left_out(number: int) -> str:
    return f"The budget ended it: {many(number, 'conversation')} left out." if number else ""


def _guards(conversations: Sequence[Conversation]) -> str:
    """How many customer turns break each guard; empty if none does."""
    turns = [turn for each in conversations for turn in each.customer]
    broken = Counter(name for turn in turns for name in {each.guard for each in turn.broken})
    rows = [[name, f"{number}/{len(turns)}"] for name, number in sorted(broken.items())]
    return grid(["guard", "broken in turns"], rows) if rows else ""


def _failures(conversations: Sequence[Conversation]) -> str:
    """Each reason of a failure, and how often."""
    reasons = Counter(each.why for each in conversations if each.end == "failed")
    return "\n".join(f"Failed, {number} of them: {why}" for why, number in reasons.most_common())


def _costs(conversations: Sequence[Conversation]) -> str:
    calls: Counter[str] = Counter()
    tokens = 0
    for each in conversations:
        calls.update(each.calls)
        tokens += sum(each.tokens.values())
    return f"Calls: {calls['user']:,} user, {calls['agent']:,} agent; {tokens:,} tokens"


@dataclass(frozen=True)
class _Job:
    task: Task
    seed: int

    @property
    def key(self) -> Key:
        return self.task.id, self.seed


@checks_arguments
def rollout(
    sim: UserSimulator,
    agent: Any,
    tasks: Sequence[Task],
    *,
    seeds: Count | Sequence[int] = 1,
    workers: Count = DEFAULT_WORKERS,
    run_dir: str | Path | None = None,
    max_turns: Count = MAX_TURNS,
    max_calls: Count | None = None,
    steering: Steering | None = None,
) -> Rollout:
    """Play every task with the seeds 0, 1, ... up to `seeds`, or with those named; return all.

    `agent` is called from `workers` threads. With a `run_dir` each conversation is kept as it ends,
    and the same call goes on after a break; conversations that failed by a call are played again
    then. `max_calls` are calls of both sides: a conversation begins only where it surely fits.
    `steering` gives the customer text beside the story, turn by turn.

    Raises InputError for inputs that are none, ResumeMismatch for the folder of other inputs,
    JournalError for a folder in use, ModelError where every further call would fail as well, and
    TooManyErrors where a call failed in each of the first eight conversations.
    """
    jobs = _jobs(tasks, _named(seeds))
    most = _most_calls(agent, steering, max_turns=max_turns)
    inputs = _inputs(sim, agent, tasks=tasks, seeds=seeds, max_turns=max_turns, steering=steering)

    def play(job: _Job) -> Conversation:
        return converse(sim, agent, job.task, max_turns=max_turns, seed=job.seed, steering=steering)

    with _kept(run_dir, inputs) as kept, players(workers) as player, _bar(len(jobs)) as bar:
        bar.update(sum(job.key in kept.played for job in jobs))
        session = _Session(kept, bar)
        while wave := next_wave(jobs, kept.played, most=most, max_calls=max_calls):
            player([partial(play, job) for job in wave], session.keep)
        kept.put_in_order([job.key for job in jobs])
    played = [kept.played[job.key] for job in jobs if job.key in kept.played]
    return Rollout(tuple(played), left_out=len(jobs) - len(played))


def _most_calls(agent: Any, steering: Steering | None, *, max_turns: int) -> int:
    """Calls of the longest conversation: the agent does not answer the customer's last turn."""
    return max_turns * (1 + steering_price(steering)) + (max_turns - 1) * side_of(agent).price


@dataclass(frozen=True)
class _Session:
    """The conversations that ended since this call began."""

    kept: ConversationFile
    bar: Any
    talks: list[Conversation] = field(default_factory=list)

    def keep(self, talk: Conversation) -> None:
        """Write one down; TooManyErrors where none can be hoped for."""
        self.kept.add(talk)
        self.bar.update()
        self.talks.append(talk)
        _stop_if_hopeless(self.talks)


def _stop_if_hopeless(session: Sequence[Conversation]) -> None:
    """TooManyErrors where a call failed in each of the first conversations of this call."""
    if len(session) == HOPELESS and all(each.fault in CALL_FAULTS for each in session):
        raise TooManyErrors(
            f"the first {HOPELESS} conversations failed, the last with {session[-1].why!r}; "
            "mend that and go on with the same call"
        )


def _named(seeds: int | Sequence[int]) -> Sequence[int]:
    """The seeds as they are named; InputError for what are none, or for one twice."""
    if isinstance(seeds, int):
        return range(seeds)
    if not seeds or len(set(seeds)) < len(seeds):
        raise InputError(
            f"seeds is {seeds!r:.60}; expected a whole number of 1 or more, or different seeds"
        )
    return seeds


def _jobs(tasks: Sequence[Task], seeds: Sequence[int]) -> list[_Job]:
    """Tasks in the order given, each with all seeds; InputError for no task, or one twice."""
    if not isinstance(tasks, Sequence) or not all(isinstance(task, Task) for task in tasks):
        raise InputError(
            "tasks holds something other than tasks; expected a list of Task, such as "
            "list(data.tasks.values())"
        )
    ids = [task.id for task in tasks]
    doubles = sorted(name for name in set(ids) if ids.count(name) > 1)
    if doubles or not ids:
        what = f"task {doubles[0]} stands there twice" if doubles else "there is no task"
        raise InputError(f"tasks: {what}; expected one or more different tasks")
    return [_Job(task, seed) for task in tasks for seed in seeds]


def _inputs(
    sim: UserSimulator,
    agent: Any,
    *,
    tasks: Sequence[Task],
    seeds: int | Sequence[int],
    max_turns: int,
    steering: Steering | None,
) -> Inputs:
    """What the conversations are made from; the budget may change from session to session."""
    stories = json.dumps([[task.id, task.story] for task in tasks])
    inputs = {
        "prompt": sim.prompt.sha256,
        "model.user": user_name(sim),
        "agent": agent_name(agent),
        "tasks": sha256(stories),
        "seeds": seeds if isinstance(seeds, int) else list(seeds),
        "max_turns": max_turns,
    }
    return inputs | ({"steering": steering.name} if steering else {})


@contextmanager
def _kept(run_dir: str | Path | None, inputs: Inputs) -> Iterator[ConversationFile]:
    """Where finished conversations go: a folder, or memory alone."""
    if run_dir is None:
        yield ConversationFile()
        return
    with ConversationFile.open(Path(run_dir), inputs) as file:
        yield file


def _bar(total: int) -> Any:
    return tqdm(total=total, unit="talk", desc="conversations", disable=silence(tqdm))
