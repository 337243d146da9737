"""How like people a simulator is, in one piece: figures, dimensions, index, and what is missing.

    measured = measure(read_result_set("mine.json"), human=entries)
    print(measured)

Below a stated number of tasks (card.yaml) figures only describe, and nothing is said to differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.layout import some
from usersim_opt.realism.answered import Answered, answered
from usersim_opt.realism.card import CARD
from usersim_opt.realism.comparison import FigureRow, beside_card, beside_sample
from usersim_opt.realism.entries import EntryFile, batches_of, entries_of
from usersim_opt.realism.figures import Sample
from usersim_opt.realism.floors import Floor, Reference, at_least, dimension_draws
from usersim_opt.realism.outcomes import Difficulty
from usersim_opt.realism.result_sets import ResultSet, Talk
from usersim_opt.realism.rows import dimensions
from usersim_opt.realism.table import FEATURES
from usersim_opt.realism.usi import UsiScore, score_usi

_PUBLISHED = len(FEATURES)


@dataclass(frozen=True)
class Likeness:
    """A dimension of two simulators side by side."""

    value: float
    floor: Floor


@dataclass(frozen=True)
class Measured:
    """What was measured of a simulator."""

    name: str
    conversations: int
    tasks: int
    runs: int
    rows: Sequence[FigureRow]
    """All figures beside people's."""
    against: str
    """The name of the other simulator; empty where there is none."""
    changes: Sequence[FigureRow]
    """All figures beside the other simulator's."""
    others: Sequence[FigureRow]
    """All figures of the other simulator beside people's."""
    likeness: Mapping[str, Likeness]
    """D1 to D4 of the two simulators; no index, since neither is people."""
    score: UsiScore | None
    """The index; None without people's conversations."""
    answers: Sequence[Answered]
    """What the simulator answers to the survey; empty where it was not asked."""
    offline: bool
    """Whether a stand-in took part."""
    notes: Sequence[str]

    @property
    def is_descriptive(self) -> bool:
        """Whether there are too few tasks to say that anything differs."""
        return self.tasks < CARD.thresholds.descriptive_below

    @property
    def fields(self) -> dict[str, Any]:
        """Everything as plain data."""
        return {
            "name": self.name,
            "conversations": self.conversations,
            "tasks": self.tasks,
            "runs": self.runs,
            "descriptive_only": self.is_descriptive,
            "figures": [row.fields for row in self.rows],
            "against": self.against,
            "changes": [row.fields for row in self.changes],
            "others": [row.fields for row in self.others],
            "likeness": {name: asdict(each) for name, each in self.likeness.items()},
            "index": _score_fields(self.score),
            "survey": [asdict(each) for each in self.answers],
            "offline": self.offline,
            "notes": list(self.notes),
        }


@checks_arguments
def measure(
    results: ResultSet,
    *,
    against: ResultSet | None = None,
    human: EntryFile | None = None,
    difficulty: Difficulty | None = None,
    survey: EntryFile | None = None,
    rerated: EntryFile | None = None,
) -> Measured:
    """Measure a simulator's conversations beside people's, and beside another simulator's.

    `human` are people's conversations in the form of the public data (entries.py); without them the
    published means stand in their place and there is no index. The other arguments are those of
    `score_usi`; without people's conversations `survey` is counted and no more. InputError for what
    is no such file, and where no task is common.
    """
    model = Sample.of(results.talks)
    other = None if against is None else Sample.of(against.talks)
    return Measured(
        name=results.name,
        conversations=len(model.lines),
        tasks=len(set(model.tasks)),
        runs=len(results.runs),
        rows=_beside(model, human, name=results.name),
        against=against.name if against else "",
        changes=beside_sample(model, other, origin=against.name) if against and other else [],
        others=_beside(other, human, name=against.name) if against and other else [],
        likeness=_likeness(model, other) if other else {},
        score=None
        if human is None
        else score_usi(
            results.runs,
            human,
            difficulty=difficulty,
            model_survey=survey,
            human_rerated=rerated,
        ),
        answers=answered(survey, human) if survey else [],
        offline=results.offline or (against is not None and against.offline),
        notes=[*results.notes, *(against.notes if against else ())],
    )


def _beside(model: Sample, human: EntryFile | None, *, name: str) -> list[FigureRow]:
    """All figures beside people's conversations, or beside their published means."""
    return beside_card(model) if human is None else _beside_people(model, human, name)


def _beside_people(model: Sample, human: EntryFile, name: str) -> list[FigureRow]:
    batches = batches_of(entries_of(human, where="human"))
    talks = [
        Talk(name, str(number), entry.conversation, entry.reward)
        for number, batch in enumerate(batches)
        for name, entry in batch.items()
        if entry.kept
    ]
    people = Sample.of(talks, source="human")
    common = people.of_tasks(model.tasks)
    if not common.lines:
        raise InputError(
            f"{name}: no task is common: the simulator has {some(sorted(set(model.tasks)))}, "
            f"people have {some(sorted(set(people.tasks))) or 'none'}; expected names such as "
            "airline_0 in both. Name the domain of the tasks, or leave people's file out"
        )
    return beside_sample(model.of_tasks(common.tasks), common, origin="people")


def _likeness(model: Sample, other: Sample) -> dict[str, Likeness]:
    """D1 to D4 of two simulators, with what two samples of the other one reach."""
    rows = [sample.matrix[:, :_PUBLISHED].mean(axis=0, keepdims=True) for sample in (model, other)]
    lines = [line[:_PUBLISHED] for line in other.lines]
    reference = Reference.of_lines(other.tasks, lines)
    floors = dimension_draws(reference, model.size, [other.size])
    return {
        name: Likeness(float(value[0]), at_least(floors[name]))
        for name, value in dimensions(*rows).items()
    }


def _score_fields(score: UsiScore | None) -> dict[str, Any] | None:
    if score is None:
        return None
    return {
        "label": score.label,
        "human_label": score.human_label,
        "model": score.model,
        "human": score.human,
        "intervals": {name: each.bounds for name, each in score.intervals.items()},
        "noise_floors": {name: asdict(each) for name, each in score.floors.items()},
        "conversations": score.conversations,
        "tasks": score.tasks,
        "notes": list(score.notes),
    }
