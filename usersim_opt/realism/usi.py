"""The User-Sim Index (arXiv 2603.11245): how like people a simulator is, on tau-bench's tasks.

Six parts: words and counts of what it says (D1 to D4), whether it judges the agent as people do
(Eval), and whether the agent succeeds with it where it succeeds with people (ECE). Without a survey
the index is USI5, the mean of five; the two cannot be compared.

Not covered: whether it varies as people do. D1 to D4 see means alone, so one constant behaviour can
reach 100.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import Interval
from usersim_opt.basics.layout import some
from usersim_opt.realism.agreement import Agreement, batch_agreements, rerated_agreement
from usersim_opt.realism.entries import Entries, EntryFile, batches_of, entries_of, runs_of
from usersim_opt.realism.floors import Floor
from usersim_opt.realism.left_out import left_out, without_answers, without_error
from usersim_opt.realism.lines import (
    METRICS,
    Line,
    agreement_of_batches,
    agreement_of_entries,
    line_of,
)
from usersim_opt.realism.outcomes import Difficulty, check_difficulty, difficulty_of, pooled
from usersim_opt.realism.resampling import interval, task_weights
from usersim_opt.realism.sides import Side, against_people, among_people
from usersim_opt.realism.usi_floors import line_floors

Figure = tuple[float, float] | None
"""Mean and population sd over batches; None where the data cannot say."""


@dataclass(frozen=True)
class UsiScore:
    """A simulator's line and people's, each by D1_conv to D4_react, eval_agree, ece and usi.

    All figures are 0 to 100 but `ece`, which is 0 to 1 and best at 0.
    """

    model: Mapping[str, Figure]
    human: Mapping[str, Figure]
    """People against each other: what a perfect simulator could reach."""
    label: str
    """USI, or USI5 where the simulator was not asked the survey."""
    human_label: str
    """The same for people's line, which needs conversations that were rated again."""
    intervals: Mapping[str, Interval]
    """The simulator's figures with 95 % intervals, tasks resampled."""
    floors: Mapping[str, Floor]
    """What two samples of people reach, as large as these; see floors.py."""
    conversations: int
    """Conversations of the simulator that people had, too, and that have features."""
    tasks: int
    notes: tuple[str, ...]
    """What was left out, and why."""


@checks_arguments
def score_usi(
    model: EntryFile | Sequence[EntryFile],
    human: EntryFile,
    *,
    difficulty: Difficulty | None = None,
    baselines: Mapping[str, EntryFile] | None = None,
    model_survey: EntryFile | None = None,
    human_rerated: EntryFile | None = None,
) -> UsiScore:
    """Set a simulator beside people, as the published scorer does.

    `model` and `human` are entries by id in the form of the public human data (entries.py), `model`
    may be a list of runs. The difficulty of tasks (0 to 1) is given, or pooled over `baselines`,
    else over `model` itself, which needs ten runs. `model_survey` holds the simulator's answers on
    people's conversations, `human_rerated` those of people who rated them again.
    InputError for what is no such file, and where no id is common.
    """
    runs, batches = runs_of(model), batches_of(entries_of(human, where="human"))
    ours, people = Side.of_model(runs), Side.of_people(batches)
    _check_common(ours, people)
    chances = _difficulty(difficulty, baselines, runs)
    asked = batch_agreements(batches, model_survey) if model_survey else []
    rated = rerated_agreement(batches[0], human_rerated) if human_rerated else {}
    line = _model_line(ours, people, chances, asked)
    ceiling = _human_line(people, chances, rated)
    shared = ours.within(people.names)
    return UsiScore(
        model=_figures(line),
        human=_figures(ceiling),
        label=_label(line),
        human_label=_label(ceiling),
        intervals=_intervals(line),
        floors=line_floors(shared, people.within(ours.names), chances, rated, line),
        conversations=shared.conversations,
        tasks=len(shared.tasks & people.tasks),
        notes=(
            *left_out(runs, batches, shared=people.names),
            *without_answers(batches, model_survey),
            *without_error(line, chances),
        ),
    )


def _model_line(
    model: Side, people: Side, difficulty: Difficulty, asked: Sequence[Agreement]
) -> Line:
    rated = Side([dict.fromkeys(each) for each in asked], [])
    weights = task_weights((model.tasks & people.tasks) | rated.tasks)
    batches = against_people(model, people, difficulty, weights)
    return line_of(batches, agreement_of_batches(asked, weights))


def _human_line(people: Side, difficulty: Difficulty, rated: Agreement) -> Line:
    weights = task_weights(people.tasks, draws=0)
    batches = among_people(people, difficulty, weights)
    return line_of(batches, agreement_of_entries(rated, weights))


def _difficulty(
    given: Difficulty | None, baselines: Mapping[str, EntryFile] | None, runs: Sequence[Entries]
) -> Difficulty:
    if given is not None:
        return check_difficulty(given)
    return pooled(runs) if baselines is None else difficulty_of(baselines)


def _figures(line: Line) -> dict[str, Figure]:
    return {
        name: (float(line[name].mean[0]), float(line[name].sd[0])) if name in line else None
        for name in METRICS
    }


def _intervals(line: Line) -> dict[str, Interval]:
    return {
        name: interval(each.mean, most=1 if name == "ece" else 100) for name, each in line.items()
    }


def _label(line: Line) -> str:
    return "USI" if "eval_agree" in line else "USI5"


def _check_common(model: Side, people: Side) -> None:
    """InputError where simulator and people share no id: there is nothing to compare."""
    if not model.names & people.names:
        raise InputError(
            f"model and human have no id in common; model has {some(sorted(model.names)) or 'none'}"
            f", human {some(sorted(people.names)) or 'none'}. Expected ids such as airline_0 in "
            "both; give several runs as a list, one object each, without the run in the ids"
        )
