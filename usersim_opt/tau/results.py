"""Conversations as results of tau2, written and read: one JSON file, as `tau2 view` loads it.

    {"info": {...}, "tasks": [], "simulations": [{"task_id": "0", "seed": 300, "messages": [...]}]}

What is written fits the text results of tau2 0.2 and 1.0. No stories and rewards are in it: the
list of tasks is empty, so tau2 shows the conversations and works out no metrics. A file of another
shape, such as the voice results of 1.0 or their folders, is refused in words.

Not covered: tool calls; they are left out where a file is read.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from usersim_opt.basics.errors import DatasetError
from usersim_opt.basics.strict_json import dumps
from usersim_opt.basics.text import is_blank, sha256
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.conversation import Conversation, Fault, Said
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

_NO_TIME = "1970-01-01T00:00:00"
"""tau2 wants times; a conversation holds none."""
_REASONS: Mapping[str, Fault | None] = {
    "user_stop": None,
    "max_steps": None,
    "agent_stop": "agent_left",
    "agent_error": "agent_error",
    "too_many_errors": "agent_error",
    "judge_stop": "agent_loop",
    "user_error": "customer_error",
    "timeout": "harness_error",
    "infrastructure_error": "harness_error",
    "context_window_exceeded": "harness_error",
    "unexpected_error": "harness_error",
}
"""tau2's reasons for an end (0.2, 1.0 and NVIDIA's), with the fault that each stands for."""
_SHAPE = "expected a text result of tau2 0.2 or 1.0 in one JSON file"


def to_tau2(conversations: Sequence[Conversation]) -> str:
    """Conversations as a results file of tau2."""
    return dumps(results_of(conversations), indent=1) + "\n"


def results_of(conversations: Sequence[Conversation]) -> Fields:
    """The data of such a file."""
    return {
        "timestamp": _NO_TIME,
        "info": _info(conversations),
        "tasks": [],
        "simulations": [_simulation(each) for each in conversations],
    }


def _info(conversations: Sequence[Conversation]) -> Fields:
    """Who took part; where there are several, each simulation says its own."""
    prompts, users, agents = (
        sorted({getattr(each, name) for each in conversations})
        for name in ("prompt_sha256", "user", "agent")
    )
    return {
        "git_commit": UNKNOWN,
        "num_trials": len({each.seed for each in conversations}),
        "max_steps": max((len(each.turns) for each in conversations), default=0),
        "max_errors": 0,
        "user_info": {"implementation": f"usersim-opt {'; '.join(prompts)}", "llm": _one(users)},
        "agent_info": {"implementation": "; ".join(agents), "llm": None},
        "environment_info": {"domain_name": UNKNOWN, "policy": ""},
        "seed": None,
    }


def _one(names: Sequence[str]) -> str:
    return "; ".join(names)


def _simulation(conversation: Conversation) -> Fields:
    messages = [
        message | {"turn_idx": number, "timestamp": _NO_TIME, "cost": 0.0}
        for number, message in enumerate(messages_of(conversation.turns))
    ]
    return {
        "id": sha256(f"{conversation.prompt_sha256} {conversation.agent} {conversation.key}")[:16],
        "task_id": conversation.task,
        "timestamp": _NO_TIME,
        "start_time": _NO_TIME,
        "end_time": _NO_TIME,
        "duration": 0.0,
        "termination_reason": _reason(conversation),
        "messages": messages,
        "trial": conversation.seed,
        "seed": conversation.seed,
        "info": {OURS: our_fields(conversation)},
    }


def _reason(conversation: Conversation) -> str:
    if conversation.end == "failed":
        return "user_error" if conversation.fault == "customer_error" else "agent_error"
    return "user_stop" if conversation.end == "stopped" else "max_steps"


def conversations_of_tau2(data: Fields, *, where: str) -> list[Conversation]:
    """The conversations of a results file; DatasetError for another version, in words."""
    simulations = data.get("simulations")
    if not isinstance(simulations, list):
        raise DatasetError(f"{where}: simulations is {simulations!r:.40}; {_SHAPE}")
    user, agent = (_mapping(_mapping(data.get("info")).get(f"{s}_info")) for s in ("user", "agent"))
    return [
        _conversation(each, user, agent, where=f"{where}: simulations[{number}]")
        for number, each in enumerate(simulations)
    ]


def _mapping(value: Any) -> Fields:
    return value if isinstance(value, dict) else {}


def _conversation(simulation: Any, user: Fields, agent: Fields, *, where: str) -> Conversation:
    reason = _checked(simulation, where=where)
    turns = turns_in(simulation["messages"], where=f"{where}: messages")
    info = _mapping(simulation.get("info"))
    if OURS in info:
        return restored(info[OURS], turns, where=where)
    guidelines = user.get("global_simulation_guidelines")
    return foreign(
        ending_of(reason, turns, where=where),
        turns,
        where=where,
        task=str(simulation.get("task_id", UNKNOWN)),
        seed=_seed(simulation),
        prompt_sha256=sha256(guidelines) if isinstance(guidelines, str) else UNKNOWN,
        user=_named(user),
        agent=_named(agent),
    )


def _checked(simulation: Any, *, where: str) -> str:
    """The reason of the end; DatasetError for a simulation of a version that is not known."""
    if not isinstance(simulation, dict):
        raise DatasetError(f"{where}: is {simulation!r:.40}; {_SHAPE}")
    if simulation.get("messages") is None:
        why = (
            "holds ticks, as voice results of tau2 1.0 do"
            if simulation.get("ticks")
            else ("holds no messages, as the index of a tau2 1.0 folder does")
        )
        raise DatasetError(f"{where}: {why}; {_SHAPE}")
    reason = simulation.get("termination_reason")
    if not isinstance(reason, str) or reason not in _REASONS:
        known = ", ".join(_REASONS)
        raise DatasetError(
            f"{where}: termination_reason is {reason!r:.40}, of another version of tau2; "
            f"expected one of {known}"
        )
    return str(reason)


def ending_of(reason: str, turns: Sequence[Said], *, where: str) -> Fields:
    """A conversation's fields of its end, from tau2's reason; DatasetError if they do not fit."""
    if reason == "max_steps":
        return {"end": "turn_limit"}
    fault = _REASONS[reason]
    if fault:
        return {"end": "failed", "fault": fault, "why": f"tau2: {reason}"}
    token = left(turns)
    if not token:
        raise DatasetError(f"{where}: ended by user_stop, but no customer's turn has a stop token")
    return {"end": "stopped", "token": token}


def _seed(simulation: Fields) -> int:
    """The seed, or the trial where there is none."""
    numbers = [simulation.get(name) for name in ("seed", "trial")]
    return next((number for number in numbers if isinstance(number, int)), 0)


def _named(side: Fields) -> str:
    names = [side.get(name) for name in ("llm", "implementation")]
    return next((str(name) for name in names if name and not is_blank(str(name))), UNKNOWN)
