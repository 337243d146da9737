"""Who answered: the versions of run folders, saved evaluations and replies files, for items.

    read_respondents([Path("runs/mine"), Path("base.jsonl")], dataset=None, metric=RubricMetric())

A run folder gives its versions, a saved evaluation and a file of replies give each prompt in them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.metric import Metric
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.recorded.form import is_saved_evaluation
from usersim_opt.measuring.recorded.grading import grade_replies
from usersim_opt.measuring.recorded.origin import Origin
from usersim_opt.measuring.recorded.replies import RecordedReply, read_replies, usable
from usersim_opt.measuring.recorded.saved import read_evaluation
from usersim_opt.results.journal import holds_run
from usersim_opt.results.record import RunRecord, read_record
from usersim_opt.scenarios.dataset import Dataset, example
from usersim_opt.scenarios.records import Scenario, Task

Evaluations = dict[str, Evaluation]
"""By the name of the respondent, in the order in which they came."""


@dataclass(frozen=True)
class Respondents:
    """Evaluations by name, the seed first, and what was left out, in words."""

    evaluations: Mapping[str, Evaluation]
    notes: Sequence[str] = ()

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The scenarios that they answered, each as the first one has it."""
        sides = reversed(list(self.evaluations.values()))
        return {name: each for side in sides for name, each in side.scenarios.items()}

    def grade(
        self, replies: Sequence[RecordedReply], metric: Metric, *, name: str
    ) -> tuple[Evaluation | None, list[str]]:
        """Grade replies of somebody else, such as people, on the scenarios that they answered.

        What cannot be used is left out and named; None where nothing is left.
        """
        sifted = usable(replies, self.scenarios)
        if not sifted.lines:
            return None, list(sifted.problems)
        examples = [example(_task(each), each) for each in self.scenarios.values()]
        return grade_replies(sifted.lines, examples, metric, name=name), list(sifted.problems)


def _task(scenario: Scenario) -> Task:
    """The task of a scenario, of which only the story is known."""
    story = scenario.moment.story or "not at hand"
    return Task(
        id=scenario.task_id, domain="-", source="-", story=story, language=scenario.language
    )


def respondents_of(record: RunRecord) -> Respondents:
    """The versions of a run in the order in which they were made, the seed first.

    Replies to scenarios that the run's data lack are left out.
    """
    by_version = _evaluation(record).by_version
    return Respondents({name: by_version[name] for name in record.versions if name in by_version})


def _evaluation(record: RunRecord) -> Evaluation:
    """All replies of the run that are graded and whose scenario is known."""
    outcomes = [each for each in record.outcomes if _usable(each, record)]
    origin = Origin(name=record.folder.name, models=record.models)
    return Evaluation(record.scenarios, outcomes, offline=record.offline, origin=origin)


def _usable(outcome: Outcome, record: RunRecord) -> bool:
    return outcome.grade is not None and outcome.scenario in record.scenarios


# -- from files ------------------------------------------------------------------------------------


def read_respondents(
    paths: Sequence[Path], *, dataset: Dataset | None, metric: Metric
) -> Respondents:
    """What run folders, saved evaluations and files of replies hold, in the order given.

    Replies are graded by `metric` on the scenarios of `dataset`. A name that came before is told
    apart by the name of the folder or file. InputError for a path that is none of the three, for
    replies without a data set, for what cannot be read, and where nobody answered.
    """
    evaluations: Evaluations = {}
    notes: list[str] = []
    for path in paths:
        found = _read(path, dataset, metric)
        notes += found.notes
        for name, evaluation in found.evaluations.items():
            evaluations[_new_name(name, path, evaluations)] = evaluation
    if not evaluations:
        named = ", ".join(map(str, paths))
        why = f" ({'; '.join(notes)})" if notes else ""
        raise InputError(
            f"{named}: no graded reply to a known scenario{why}; expected a run that has begun, a "
            "saved evaluation, or replies"
        )
    return Respondents(evaluations, notes)


def _new_name(name: str, path: Path, taken: Mapping[str, Evaluation]) -> str:
    """The name, with that of its file where it is taken, and a number where that is, too."""
    names = [name, f"{path.stem} {name}"]
    numbered = (f"{path.stem} {name} {number}" for number in range(2, len(taken) + 3))
    return next(each for each in (*names, *numbered) if each not in taken)


def _read(path: Path, dataset: Dataset | None, metric: Metric) -> Respondents:
    if path.is_dir():
        return _of_run(path)
    if is_saved_evaluation(path):
        return Respondents(_named(read_evaluation(path)))
    return Respondents(_graded(path, dataset, metric))


def _of_run(path: Path) -> Respondents:
    if not holds_run(path):
        raise InputError(
            f"{path}: is a folder without a run; expected a run folder, a saved evaluation "
            "(usersim-opt evaluate --save) or a file of replies"
        )
    record = read_record(path)
    problems = [f"{path.name}: {problem}" for problem in record.problems]
    return Respondents(respondents_of(record).evaluations, problems)


def _named(evaluation: Evaluation) -> Evaluations:
    """Its versions; a single one is called as the evaluation is."""
    versions = evaluation.by_version
    if len(versions) == 1 and evaluation.origin.name:
        return {evaluation.origin.name: evaluation}
    return versions


def _graded(path: Path, dataset: Dataset | None, metric: Metric) -> Evaluations:
    """The prompts of a file of replies."""
    replies = read_replies(path)
    if dataset is None:
        raise InputError(
            f"{path}: holds replies, and no data set is named to grade them on; "
            "name it by --dataset"
        )
    examples = [*dataset.train, *dataset.smoke, *dataset.test]
    return grade_replies(replies, examples, metric, name=path.stem).by_version
