"""The customers' faults in tau2 by a judge: nine tags, one call a conversation.

    errors = uso.tau.judge_customers(found, prompts, judge=connect("openai/NAME"))
    print(errors)

The tags have the names of tau2's own reviewer, their text is ours (user_errors.yaml). The judge
reads the prompt that the customer had, not tau2's stock text. tau2's reader drops an answer with a
severity that its user-only form does not know, and then says that there was no error; here such an
answer is asked for again, and then lost, counted and told.

Not covered: calls of tools, which records do not keep; whether the judge is right.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import dspy
from pydantic import BaseModel, ConfigDict

from usersim_opt.basics import strict_yaml
from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.text import has_stop_token, spoken
from usersim_opt.basics.validation import Fields, parse
from usersim_opt.customer.conversation import Conversation
from usersim_opt.customer.prompt import Prompt, as_prompt
from usersim_opt.measuring.answers import UnreadableError, quoted, values
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.measuring.together import LEAVES
from usersim_opt.realism.contradictions.measuring import at_once
from usersim_opt.realism.interview import Interview
from usersim_opt.tau.chosen import Chosen, chosen
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation import Simulation
from usersim_opt.tau.user_error_table import JudgedRun, UserError, UserErrors
from usersim_opt.tau.users import with_tools

_FILE = Path(__file__).with_name("user_errors.yaml")


class _Data(BaseModel):
    """The shape of user_errors.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    tags: dict[str, str]
    severities: dict[str, str]
    instructions: str


_DATA = parse(strict_yaml.load(_FILE), _Data, where=_FILE.name)


def _listed(names: Mapping[str, str]) -> str:
    return "\n".join(f"- {name}: {text}" for name, text in names.items())


INSTRUCTIONS = _DATA.instructions.replace("{tags}", _listed(_DATA.tags)).replace(
    "{severities}", _listed(_DATA.severities)
)
"""What the judge is told."""
TAGS = tuple(_DATA.tags)
SEVERITIES = tuple(_DATA.severities)


@checks_arguments
def judge_customers(
    found: Downstream,
    prompts: Prompt | str | Mapping[str, Prompt | str],
    *,
    judge: dspy.LM,
    answers: str | Path | None = None,
    workers: Count = DEFAULT_WORKERS,
) -> UserErrors:
    """What a judge finds wrong with the customers of an evaluation, by prompt and tag.

    `prompts` are those that were evaluated. `answers` is a file in which the judge's answers are
    kept, so that none is paid for twice. Lost runs are not judged.

    Raises InputError for other prompts than those of `found`, where no tau2 is installed, and for
    a stand-in as the judge; ModelError where every further call would fail as well.
    """
    tasks = chosen(found.domain, list(found.texts))
    told = _told(found, prompts, tasks)
    stories = {str(task.id): str(task.user_scenario) for task in tasks.tasks}
    interview = Interview(judge, Path(answers) if answers else None)
    judged = {}
    for name, prompt in told.items():
        runs = [run for run in found.of(name) if not run.is_lost and run.talk.customer]
        jobs = [partial(_judged, run, stories, prompt, interview) for run in runs]
        judged[name] = tuple(at_once(jobs, workers))
    return UserErrors(
        judged=judged,
        texts=found.texts,
        tags=TAGS,
        judge=interview.name,
        calls=interview.calls,
        lost=tuple(sorted(interview.lost, key=lambda lost: lost.about)),
    )


def _told(found: Downstream, prompts: Any, tasks: Chosen) -> dict[str, Prompt]:
    """The prompts as the customers had them, by name; InputError for others."""
    given = prompts if isinstance(prompts, Mapping) else {"prompt": prompts}
    named = {str(name): as_prompt(prompt) for name, prompt in given.items()}
    if tasks.has_user_tools:
        named = {name: with_tools(prompt) for name, prompt in named.items()}
    for name in found.simulations:
        had = {run.talk.prompt_sha256 for run in found.of(name)}
        if name not in named or had - {named[name].sha256}:
            raise InputError(
                f"the prompt {name!r} is missing, or is another text than the one that was "
                "evaluated; give the prompts of the evaluation by their names"
            )
    return {name: named[name] for name in found.simulations}


def _judged(
    run: Simulation, stories: Mapping[str, str], prompt: Prompt, interview: Interview
) -> JudgedRun:
    talk = run.talk
    data = {
        "story": stories[talk.task],
        "instructions": prompt.text,
        "conversation": _conversation(talk),
    }
    read = partial(errors_in, messages=len(talk.customer))
    about = f"the customer of task {talk.task}, trial {run.trial}, {talk.prompt_sha256[:12]}"
    return JudgedRun(run, interview.ask(INSTRUCTIONS, data, read, about=about))


def _conversation(talk: Conversation) -> list[Fields]:
    """The turns as the judge sees them; the customer's have their numbers."""
    shown: list[Fields] = []
    number = 0
    for turn in talk.turns:
        if turn.role == "agent":
            shown.append({"agent": turn.text})
            continue
        number += 1
        leaves = {"after_it": LEAVES} if has_stop_token(turn.text) else {}
        shown.append({"message": number, "customer": spoken(turn.text), **leaves})
    return shown


def errors_in(answer: str, messages: int) -> tuple[UserError, ...]:
    """The faults in an answer; UnreadableError for what names no message, tag or severity."""
    return tuple(_error(entry, messages, answer) for entry in _entries(answer))


def _entries(answer: str) -> Sequence[Fields]:
    found = [value for value in values(answer) if isinstance(value, dict) and "errors" in value]
    listed = found[-1]["errors"] if found else None
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise UnreadableError(f"the judge's answer has no list 'errors': {quoted(answer)}")
    return listed


def _error(entry: Fields, messages: int, answer: str) -> UserError:
    number: Any = entry.get("message")
    tag, severity = entry.get("tag"), entry.get("severity")
    is_number = isinstance(number, int) and not isinstance(number, bool)
    if not is_number or number not in range(1, messages + 1):
        raise UnreadableError(
            f"an error names message {number!r:.40}, expected 1 to {messages}: {quoted(answer)}"
        )
    if tag not in TAGS or severity not in SEVERITIES:
        raise UnreadableError(
            f"an error has the tag {tag!r:.40} and the severity {severity!r:.40}: {quoted(answer)}"
        )
    evidence = str(entry.get("evidence", ""))
    return UserError(message=number, tag=tag, severity=severity, evidence=evidence)
