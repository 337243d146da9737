"""Conversations of any origin in one form, and the tasks that two sets of them have in common.

What is compared comes from a file (`read_result_set`), from `rollout` or `converse`, or is made by
hand as `Talk`. Where two sets are set side by side only their common tasks count: a difference of
topics is none of people.

Not covered: what tools an agent called; only what both sides said is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.layout import some
from usersim_opt.customer.conversation import Conversation
from usersim_opt.realism.entries import task_of
from usersim_opt.realism.result_sets import ResultSet, Talk, sifted
from usersim_opt.realism.turns import checked, plain_turn

Recorded = ResultSet | Sequence[Talk] | Sequence[Conversation]
"""Recorded conversations: of a file, of a rollout, or made by hand."""
Line = tuple[str, str]
"""Who speaks, `agent` or `customer`, and what is said."""
_ROLES = {"agent": "assistant", "customer": "user"}


def talk_of(conversation: Conversation | Talk) -> Talk:
    """A conversation of `converse` in the form of recorded ones; its seed is the run.

    InputError for anything else.
    """
    if isinstance(conversation, Talk):
        return conversation
    if not isinstance(conversation, Conversation):
        raise InputError(
            f"a conversation is a {type(conversation).__name__}; expected those of "
            "read_result_set, of rollout or converse, or Talk"
        )
    messages = [{"role": _ROLES[turn.role], "content": turn.text} for turn in conversation.turns]
    return Talk(conversation.task, str(conversation.seed), messages)


def result_set_of(recorded: Recorded, *, name: str) -> ResultSet:
    """The conversations in plain words: no meta messages, stop tokens or turns of other roles.

    Those in which the customer says nothing are left out, and a note says so. `name` names a set
    that has no name. InputError where there is none, or for what is none.
    """
    if isinstance(recorded, ResultSet):
        found = result_set_of(recorded.talks, name=recorded.name)
        return replace(found, notes=[*recorded.notes, *found.notes])
    if isinstance(recorded, str | bytes) or not isinstance(recorded, Sequence):
        raise InputError(
            f"{name}: is a {type(recorded).__name__}; expected a list of conversations, such as "
            "read_result_set(path) or a rollout gives"
        )
    talks = [_plain(talk_of(each), name) for each in recorded]
    return sifted(name, talks, where=name, source="")


def _plain(talk: Talk, where: str) -> Talk:
    messages = checked(talk.messages, where=f"{where}, {talk.task}, run {talk.run}")
    lines = lines_of(messages)
    plain = [{"role": _ROLES[role], "content": text} for role, text in lines]
    return replace(talk, messages=plain)


def in_common(one: ResultSet, other: ResultSet) -> tuple[ResultSet, ResultSet]:
    """Both sets with their common tasks alone; the first one's notes name the others.

    InputError where no task is common.
    """
    tasks = [{task_of(talk.task) for talk in each.talks} for each in (one, other)]
    common = tasks[0] & tasks[1]
    if not common:
        raise InputError(
            f"no task is common: {one.name} has {some(sorted(tasks[0]))}, {other.name} has "
            f"{some(sorted(tasks[1]))}; expected conversations about the same tasks, under the "
            "same names"
        )
    extra = [
        f"{many(len(rest), 'task')} left out that only {each.name} has: {some(sorted(rest))}"
        for each, rest in ((one, tasks[0] - common), (other, tasks[1] - common))
        if rest
    ]
    kept = [
        replace(each, talks=[talk for talk in each.talks if task_of(talk.task) in common])
        for each in (one, other)
    ]
    return replace(kept[0], notes=[*one.notes, *extra]), kept[1]


def lines_of(messages: Iterable[Any]) -> tuple[Line, ...]:
    """What both sides said, in plain words (`plain_turn`)."""
    turns = [turn for message in messages if (turn := plain_turn(message))]
    return tuple((turn["role"], turn["content"]) for turn in turns)


def customer_texts(lines: Iterable[Line]) -> list[str]:
    """What the customer said, turn by turn."""
    return [text for role, text in lines if role == "customer"]
