"""Follows the goals of customers through recorded conversations (UGST, arXiv 2507.20152).

Stories are split first, once each; then each conversation is judged pair by pair, several
conversations at the same time. Other than in the paper the components of a pair are judged in one
call, each with an entry of its own: a twelfth of the price.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import dspy

from usersim_opt.basics.arguments import Count, checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.conversation import Conversation
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.realism.contradictions.measuring import at_once
from usersim_opt.realism.goals.components import Components, State, advanced, start
from usersim_opt.realism.goals.judging import Said, judged, pairs_of, split
from usersim_opt.realism.goals.result import Goals, TrackedTalk
from usersim_opt.realism.interview import Interview
from usersim_opt.realism.stories import Tasks, Told, checked_conversations, with_stories


@checks_arguments
def track_goals(
    conversations: Conversation | Sequence[Conversation],
    tasks: Tasks,
    *,
    judge: dspy.LM,
    answers: str | Path | None = None,
    workers: Count = DEFAULT_WORKERS,
) -> Goals:
    """What becomes of the parts of each customer's goal, turn pair by turn pair.

    `tasks` hold the stories, `judge` splits them and judges. `answers` is a file in which its
    answers are kept, so that none is paid for twice; `goals_price` says the calls before.

    Raises InputError for inputs that are none, for a task that is not among the tasks, without a
    judge and for a stand-in as one, ModelError where every further call would fail as well. An
    answer that cannot be read is asked for once more; then the pair is lost, counted and told.
    """
    if judge is None:
        raise InputError("track_goals has no judge; give a language model, such as connect(NAME)")
    talks = with_stories(conversations, tasks)
    interview = Interview(judge, Path(answers) if answers else None)
    stories = {told.task.id: told.task for told in talks if told.conversation.customer}
    found = at_once([partial(split, task, interview) for task in stories.values()], workers)
    components = dict(zip(stories, found, strict=True))
    jobs = [_job(told, components.get(told.task.id), interview) for told in talks]
    return Goals(
        talks=tuple(at_once(jobs, workers)),
        judge=interview.name,
        calls=interview.calls,
        lost=tuple(sorted(interview.lost, key=lambda lost: lost.about)),
    )


@checks_arguments
def goals_price(conversations: Conversation | Sequence[Conversation]) -> int:
    """The judge's calls where each answer can be read, at most twice as many else.

    One for each task and one for each turn of a customer. InputError for inputs that are none.
    """
    talks = [talk for talk in checked_conversations(conversations) if talk.customer]
    return len({talk.task for talk in talks}) + sum(len(talk.customer) for talk in talks)


def _job(
    told: Told, components: Components | None, interview: Interview
) -> Callable[[], TrackedTalk]:
    def track() -> TrackedTalk:
        if components is None:
            return TrackedTalk(told.conversation, (), ())
        turns = [(turn.role, turn.text) for turn in told.conversation.turns]
        states = states_of(turns, components, interview, name=told.name)
        return TrackedTalk(told.conversation, components, states)

    return track


def states_of(
    turns: Sequence[Said], components: Components, interview: Interview, *, name: str
) -> tuple[State, ...]:
    """The states S_0 to S_n of a conversation of n customer's turns."""
    before, pairs = pairs_of(turns)
    states = [start(components)]
    for number, pair in enumerate(pairs, start=1):
        about = f"goals of {name}, pair {number}"
        state = states[-1]
        new = judged(interview, components, state, before=before, pair=pair, about=about)
        states.append(advanced(state, components, new))
        before = [*before, *pair]
    return tuple(states)
