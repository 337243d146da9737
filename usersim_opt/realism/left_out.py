"""What an index leaves out, and why, in a sentence each."""

from collections.abc import Collection, Iterator, Sequence

from usersim_opt.basics.figures import many
from usersim_opt.realism.entries import Entries, EntryFile, answers_in, batch_of
from usersim_opt.realism.lines import Line
from usersim_opt.realism.outcomes import Difficulty
from usersim_opt.realism.questions import SURVEY
from usersim_opt.realism.turns import turns_of


def left_out(
    runs: Sequence[Entries], batches: Sequence[Entries], *, shared: Collection[str]
) -> Iterator[str]:
    """The conversations and outcomes of a simulator that do not count; `shared` ids people have."""
    entries = [(name, entry) for run in runs for name, entry in run.items() if entry.kept]
    strange = len({name for name, _ in entries if name not in shared})
    silent = sum(not turns_of(entry.conversation, "llm").texts for _, entry in entries)
    unknown = sum(entry.reward is None for _, entry in entries)
    theirs = sum(entry.reward is None for batch in batches for entry in batch.values())
    if strange:
        yield f"{many(strange, 'id')} of the simulator left out: people do not have it"
    if silent:
        yield f"{many(silent, 'conversation')} left out: the customer says nothing"
    if unknown:
        yield f"{many(unknown, 'conversation')} of the simulator without a reward: not in ECE"
    if theirs:
        yield f"{many(theirs, 'conversation')} of people without a reward: not in ECE"


def without_answers(batches: Sequence[Entries], survey: EntryFile | None) -> Iterator[str]:
    """Whether the simulator was asked, and how much it left open."""
    if not survey:
        yield "no survey: USI5, the mean of five parts, not USI"
        return
    rated = [name for name in survey if _is_rated(name, batches)]
    open_fields = sum(_missing(survey, name) for name in rated)
    if not rated:
        yield "the survey is of no conversation that people had: USI5, not USI"
    if open_fields:
        yield (
            f"{many(open_fields, 'answer')} of the simulator missing: drawn at random, as the "
            "published scorer does"
        )


def without_error(line: Line, difficulty: Difficulty) -> Iterator[str]:
    """Why there is no ECE, and so no index."""
    if "ece" not in line and not difficulty:
        yield "no difficulty of tasks: no ECE and no index; give difficulty or baselines"
    elif "ece" not in line:
        yield "no task with a reward on both sides and a difficulty: no ECE and no index"


def _is_rated(name: str, batches: Sequence[Entries]) -> bool:
    plain, end = batch_of(name)
    return plain in batches[int(end[-1]) - 1]


def _missing(survey: EntryFile, name: str) -> int:
    answers = answers_in(survey[name], where=f"model_survey, {name}")
    return sum(answers.get(field) not in question.answers for field, question in SURVEY.items())
