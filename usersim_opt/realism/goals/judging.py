"""What a judge is asked of a customer's goals, and how its answers are read without guessing.

A story is split once; after each turn pair one call asks for the status of every component that can
still change, each with its reason and judged by itself. An answer that leaves one out, names one
twice or gives it a status that its class does not have cannot be read.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.text import has_stop_token, is_blank, spoken
from usersim_opt.basics.validation import parse
from usersim_opt.measuring.answers import UnreadableError, quoted, values
from usersim_opt.measuring.together import LEAVES
from usersim_opt.realism.goals.components import RULES, Component, Components, Judged, State
from usersim_opt.realism.interview import Interview
from usersim_opt.scenarios.facts import new_codes, new_names, new_numbers
from usersim_opt.scenarios.records import Task

Said = tuple[str, str]
"""Role and text of a turn."""
Pair = tuple[Said, ...]
"""A turn of the customer with what the agent answered."""


class _Prompts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    most: int
    split: str
    update: str
    steering: dict[str, str]


PROMPTS = parse(
    strict_yaml.load(Path(__file__).with_name("prompts.yaml")), _Prompts, where="prompts.yaml"
)


def pairs_of(turns: Sequence[Said]) -> tuple[list[Said], list[Pair]]:
    """What was said before the customer's first turn, and a pair for each turn of the customer."""
    before: list[Said] = []
    pairs: list[list[Said]] = []
    for role, text in turns:
        if role == "customer":
            pairs.append([(role, text)])
        else:
            (pairs[-1] if pairs else before).append((role, text))
    return before, [tuple(pair) for pair in pairs]


def split(task: Task, interview: Interview) -> Components | None:
    """The components of a task's story; None where they are lost."""
    about = f"components of task {task.id}"
    read = partial(components_in, story=task.story)
    return interview.ask(PROMPTS.split, {"story": task.story}, read, about=about)


def judged(
    interview: Interview,
    components: Components,
    state: State,
    *,
    before: Sequence[Said],
    pair: Pair,
    about: str,
) -> Judged | None:
    """The judge's statuses after a turn pair; None where they are lost.

    Components that nothing changes any more are not asked for.
    """
    still_open = [each for each in components if state.statuses[each.id] != each.rule.last]
    if not still_open:
        return {}
    data = {
        "parts": [_part(each, state) for each in still_open],
        "conversation": [_shown(*said) for said in before],
        "latest_turn": [_shown(*said) for said in pair],
    }
    read = partial(statuses_in, components=tuple(still_open))
    return interview.ask(PROMPTS.update, data, read, about=about)


def components_in(answer: str, story: str) -> Components:
    """The components in an answer; UnreadableError for anything else.

    One that holds a code, a number or a name that the story does not have is no part of it.
    """
    listed = _entries(answer, "components")
    if not 0 < len(listed) <= PROMPTS.most:
        raise UnreadableError(
            f"the judge gave {len(listed)} components, expected 1 to {PROMPTS.most}"
        )
    numbers: Counter[str] = Counter()
    found = []
    for entry in listed:
        kind, text = _text(entry, "class").casefold(), _text(entry, "text")
        _check_component(kind, text, story)
        numbers[kind] += 1
        found.append(Component(f"{kind}.{numbers[kind]}", kind, text))
    return tuple(found)


def _check_component(kind: str, text: str, story: str) -> None:
    """UnreadableError for an unknown class, no text, or a fact that is not the story's."""
    if kind not in RULES or is_blank(text):
        raise UnreadableError(f"a component has the class {kind!r:.30} and the text {text!r:.60}")
    new = [*new_codes(text, story), *new_numbers(text, story), *new_names(text, story)]
    if new:
        raise UnreadableError(f"a component holds {new[0]!r:.40}, which the story does not have")


def statuses_in(answer: str, components: Components) -> dict[str, tuple[str, str]]:
    """Status and reason of each component; UnreadableError unless each has one that it may have."""
    entries = _entries(answer, "states")
    found: dict[str, tuple[str, str]] = {}
    for each in components:
        named = [entry for entry in entries if _text(entry, "id").casefold() == each.id]
        statuses = {_text(entry, "status").upper() for entry in named}
        if len(statuses) != 1 or not statuses <= set(each.rule.order):
            raise UnreadableError(
                f"the judge gave {each.id} the status {' and '.join(sorted(statuses)) or 'none'}, "
                f"expected one of {', '.join(each.rule.order)}: {quoted(answer)}"
            )
        found[each.id] = (statuses.pop(), _text(named[0], "reason"))
    return found


def _entries(answer: str, field: str) -> list[dict[str, Any]]:
    """The objects under a field of the last object that has it."""
    found = [value[field] for value in values(answer) if isinstance(value, dict) and field in value]
    listed = found[-1] if found else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise UnreadableError(f"the judge's answer has no list {field!r}: {quoted(answer)}")
    return listed


def _text(entry: dict[str, Any], field: str) -> str:
    value = entry.get(field)
    return value.strip() if isinstance(value, str) else ""


def _part(component: Component, state: State) -> dict[str, str]:
    return {
        "id": component.id,
        "class": component.kind,
        "text": component.text,
        "status": state.statuses[component.id],
    }


def _shown(role: str, text: str) -> dict[str, str]:
    leaves = {"after_it": LEAVES} if role == "customer" and has_stop_token(text) else {}
    return {role: spoken(text), **leaves}
