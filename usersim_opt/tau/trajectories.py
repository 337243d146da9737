"""Conversations as tau-bench keeps them, written and read.

    [{"task_id": 0, "trial": 0, "reward": 1.0, "info": {...}, "traj": [{"role": "user", ...}, ...]}]

The fixed greeting is no part of a trajectory there, though the customer has seen it: it is left out
and put back. JSON lines of `{task_id, trial, turns: [{role: user | agent, content}]}`, into which
others have turned such files, are read as well.

Not covered: rewards. None is written, since none was measured; those of a file are not read.
"""

from collections.abc import Sequence
from typing import Any

from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.strict_json import dumps
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.conversation import Conversation, Said
from usersim_opt.customer.simulator import GREETING
from usersim_opt.tau.foreign import (
    OURS,
    UNKNOWN,
    foreign,
    left,
    messages_of,
    our_fields,
    restored,
    turns_in,
)

GREETING_TURN = Said(role="agent", text=GREETING)
_TRANSFER = "transfer_to_human_agents"


def to_tau_bench(conversations: Sequence[Conversation]) -> str:
    """Conversations as a results file of tau-bench."""
    return dumps([_entry(each) for each in conversations], indent=1) + "\n"


def _entry(conversation: Conversation) -> Fields:
    greeted = conversation.turns[:1] == (GREETING_TURN,)
    spoken = conversation.turns[1:] if greeted else conversation.turns
    info = {OURS: our_fields(conversation) | {"greeted": greeted}}
    return {
        "task_id": conversation.task,
        "trial": conversation.seed,
        "info": info,
        "traj": messages_of(spoken),
    }


def trajectory(entry: Any, *, where: str) -> Conversation:
    """A conversation out of an entry of a results file, or of a line; DatasetError for no such."""
    messages = _messages(entry, where=where)
    turns = turns_in(messages, where=f"{where}: traj")
    ours = entry.get("info", {}).get(OURS) if isinstance(entry.get("info"), dict) else None
    if not isinstance(ours, dict):
        return _of_tau_bench(entry, [GREETING_TURN, *turns], messages, where=where)
    fields = dict(ours)
    first = [GREETING_TURN] if fields.pop("greeted", True) else []
    return restored(fields, [*first, *turns], where=where)


def _messages(entry: Any, *, where: str) -> Any:
    if not isinstance(entry, dict) or not ({"traj", "turns"} & entry.keys()):
        raise DatasetError(
            f"{where}: is no trajectory; expected task_id, trial and traj, a list of messages"
        )
    return entry["traj"] if "traj" in entry else entry["turns"]


def _of_tau_bench(
    entry: Fields, turns: list[Said], messages: list[Fields], *, where: str
) -> Conversation:
    trial = entry.get("trial", 0)
    return foreign(
        _ending(turns, messages),
        turns,
        where=where,
        task=str(entry.get("task_id", UNKNOWN)),
        seed=trial if isinstance(trial, int) else 0,
        prompt_sha256=UNKNOWN,
        user=UNKNOWN,
        agent=str(entry.get("agent_model", UNKNOWN)),
    )


def _ending(turns: list[Said], messages: list[Fields]) -> Fields:
    """The customer left, was handed over, or the steps were used up."""
    if token := left(turns):
        return {"end": "stopped", "token": token}
    if any(_TRANSFER in str(message) for message in messages):
        return {"end": "failed", "fault": "agent_left", "why": "the agent handed the customer over"}
    return {"end": "turn_limit"}
