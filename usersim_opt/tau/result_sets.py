"""Result sets of the tau benchmarks and of our own rollouts, as recorded conversations.

tau-bench: its result lists and the trajectories of docs, one JSON object each with `task_id`,
`trial`, `reward` and `traj` or `turns`. tau2: `{"simulations": [...]}`, in a file or a folder with
results.json. Tasks are named as people's data name them, `airline_0`: the domain is told by the
file or by whoever asks.

Not covered: simulations without messages or with an infrastructure error; they are left out.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.validation import parse
from usersim_opt.customer.conversation import Conversation
from usersim_opt.models.naming import is_offline
from usersim_opt.realism.entries import reward_of
from usersim_opt.realism.result_sets import (
    LIKE,
    ResultSet,
    Talk,
    plain,
    read_json,
    result_set,
    sifted,
    task_name,
)

DOMAINS = ("airline", "retail", "telecom")
"""The domains of the tau benchmarks."""


def read_results(path: str | Path, *, domain: str | None = None) -> ResultSet:
    """The conversations of a file in a form of tau-bench or tau2, or in a plain form.

    `domain` names the tasks where the file does not say it. InputError names the file or the
    conversation that is none.
    """
    path = Path(path)
    data, where = read_json(path), str(path)
    if isinstance(data, Mapping) and isinstance(data.get("simulations"), list):
        return _of_tau2(data, path, domain)
    if not isinstance(data, list):
        return result_set(data, name=path.name, where=where)
    offline = any(map(_is_by_stand_ins, data))
    data = [_of_ours(each) for each in data]
    data = [_with_domain(each, domain or _domain_in(_source(each))) for each in data]
    return result_set(data, name=path.name, where=where, offline=offline)


def _is_by_stand_ins(data: Any) -> bool:
    """Whether a conversation of `converse` or `rollout` names a stand-in."""
    sides = (data.get("user"), data.get("agent")) if isinstance(data, Mapping) else ()
    return any(isinstance(side, str) and is_offline(side) for side in sides)


def _of_ours(data: Any) -> Any:
    """A conversation of `converse` or `rollout` in the plain form; anything else as it is."""
    if not isinstance(data, Mapping) or "prompt_sha256" not in data:
        return data
    return plain(parse(data, Conversation, where="a conversation"))


def _with_domain(data: Any, domain: str | None) -> Any:
    if not isinstance(data, Mapping) or "task_id" not in data:
        return data
    return {"domain": domain} | dict(data)


def _source(data: Any) -> str:
    return str(data.get("source", "")) if isinstance(data, Mapping) else ""


def _domain_in(text: str) -> str | None:
    """The domain that a text names as a word of its own."""
    found = re.search(rf"(?<![a-z])({'|'.join(DOMAINS)})(?![a-z])", text)
    return found[1] if found else None


def _of_tau2(data: Mapping[str, Any], path: Path, domain: str | None) -> ResultSet:
    simulations = data["simulations"]
    domain = domain or _domain_of(data)
    talks = list(_talks(simulations, domain, str(path)))
    found = sifted(path.name, talks, where=str(path))
    lost = len(simulations) - len(talks)
    note = f"{path}: {many(lost, 'simulation')} left out: no messages, or the machinery failed"
    return ResultSet(found.name, found.talks, [*found.notes, *([note] if lost else [])])


def _domain_of(data: Mapping[str, Any]) -> str | None:
    info = data.get("info")
    environment = info.get("environment_info") if isinstance(info, Mapping) else None
    return environment.get("domain_name") if isinstance(environment, Mapping) else None


def _talks(simulations: list[Any], domain: str | None, where: str) -> Iterator[Talk]:
    for number, simulation in enumerate(simulations):
        place = f"{where}, simulation {number}"
        if not isinstance(simulation, Mapping):
            raise InputError(f"{place}: is {simulation!r:.60}; expected a simulation, or {LIKE}")
        if _is_usable(simulation):
            outcome = simulation.get("reward_info")
            reward = outcome.get("reward") if isinstance(outcome, Mapping) else None
            yield Talk(
                task=task_name({"domain": domain} | dict(simulation), number),
                run=str(simulation.get("trial", 0)),
                messages=list(_said(simulation["messages"])),
                reward=reward_of(reward, where=place),
            )


def _is_usable(simulation: Mapping[str, Any]) -> bool:
    # What an agent spoiled is an outcome like any other; what the machinery spoiled is none.
    ended_by = simulation.get("termination_reason")
    return bool(simulation.get("messages")) and ended_by != "infrastructure_error"


def _said(messages: Any) -> Iterator[Any]:
    """The messages with text; in telecom the customer's own tool calls have none."""
    for message in messages:
        if not (isinstance(message, Mapping) and message.get("content") is None):
            yield message
