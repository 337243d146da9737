"""apply_worksheet: what a person decided is stored, and rubric, grades and ranking follow.

Everything is checked before anything is written. Then come the labels, which are the dearest; then
the data set; then the judge is asked, which may fail, and the same worksheet may be imported again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, many
from usersim_opt.basics.showing import visibly
from usersim_opt.measuring.calibration.people import PersonLabel
from usersim_opt.measuring.judge import Judge
from usersim_opt.measuring.metric import RubricMetric, models_of
from usersim_opt.measuring.recorded.replies import check_usable
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.models.naming import is_offline
from usersim_opt.results.review.ranking import Ranking, ranking
from usersim_opt.results.review.regrading import peoples_verdicts, regraded
from usersim_opt.results.review.revising import (
    Reworded,
    check_same,
    revised,
    reworded_since,
    rewordings,
    write_revised,
)
from usersim_opt.results.review.sheet import Worksheet, check_edition, read_worksheet
from usersim_opt.results.review.sources import Source, read_source
from usersim_opt.results.review.store import LabelStore, labels_in
from usersim_opt.scenarios.dataset import Dataset, load_dataset


@dataclass(frozen=True, repr=False)
class Review:
    """What came of a worksheet."""

    sheet: Worksheet
    new_labels: int
    """Labels that were not stored before."""
    labels: Path
    """Where they are."""
    reworded: Sequence[Reworded]
    """The criteria that read otherwise now, those of earlier reviews included."""
    written: Sequence[Path]
    """The scenario files that were changed."""
    open_ones: Sequence[str]
    """Criteria that somebody found wrong and nobody has reworded, with the reason."""
    disputed: int
    """Verdicts on which two people contradict each other; they count for nobody."""
    changed: int
    """Verdicts that are others than before."""
    calls: int
    """Calls of the judge."""
    ranking: Ranking
    source: Source
    """The same replies with their new grades."""
    offline: bool

    @visibly
    def __repr__(self) -> str:
        return f"<Review: {many(self.new_labels, 'new label')}, {self.changed:,} verdicts changed>"

    @visibly
    def __str__(self) -> str:
        return "\n".join([*self._head, "", str(self.ranking)])

    @property
    def _head(self) -> list[str]:
        stored = f"{many(self.new_labels, 'new label')} stored in {self.labels}"
        done, of = len(self.sheet.labelled), len(self.sheet.entries)
        changed, calls = many(self.changed, "verdict"), many(self.calls, "call")
        left = "; import it again when more are done" if self.sheet.left else ""
        disputed = f"{many(self.disputed, 'verdict')} on which two people differ: none counts."
        return [
            *([OFFLINE_NOTE] if self.offline else []),
            f"{stored}; {done} of {of} verdicts are labelled{left}.",
            *([disputed] if self.disputed else []),
            *(f"Reworded: {change.line}" for change in self.reworded),
            *(f"Wrong, and not counted until it is reworded: {line}" for line in self.open_ones),
            *(f"Written: {file}" for file in self.written),
            f"{changed} changed; {calls} of the judge, none of the simulator.",
        ]


@checks_arguments
def apply_worksheet(
    path: str | Path,
    sources: Sequence[str | Path],
    *,
    labels: str | Path,
    dataset: str | Path | None = None,
    judge: Judge | None = None,
    who: str = "",
    workers: int = DEFAULT_WORKERS,
) -> Review:
    """Store the labels of a worksheet, reword its criteria, grade the stored replies anew.

    `sources` are what it was exported from. Labels are added to the file `labels`, new words of
    criteria written into the files of the folder `dataset`; `judge` decides those criteria on all
    replies to their scenarios, and without one they are unscored. `who` labelled, unless the
    worksheet says. One that is half done may be imported, and again when more of it is.

    InputError, with nothing written, for a worksheet without labels or without a name, of another
    edition, with labels that contradict each other or that cannot be read. ModelError where the
    judge fails: labels and words are stored then, and the worksheet can be imported again.
    """
    checked = _checked(Path(path), sources, Path(labels), dataset=dataset, who=who)
    metric = RubricMetric(judge)
    source, data, store = checked.source, checked.data, checked.store
    store.add(checked.new)
    written = write_revised(data, checked.words) if data is not None else []
    changes = checked.changes
    scenarios = revised(source.scenarios, changes)
    people = peoples_verdicts(store.labels, scenarios)
    found = regraded(source, scenarios, changes, people, metric=metric, workers=workers)
    return Review(
        sheet=checked.sheet,
        new_labels=len(checked.new),
        labels=store.file,
        reworded=changes,
        written=written,
        open_ones=[f"{' '.join(place)} ({why})" for place, why in sorted(people.wrong.items())],
        disputed=people.disputed,
        changed=found.changed,
        calls=found.calls,
        ranking=ranking(source, found.source),
        source=found.source,
        offline=source.offline or any(map(is_offline, models_of(metric).values())),
    )


@dataclass(frozen=True)
class _Checked:
    """A worksheet of which all can be taken in, and nothing was yet."""

    sheet: Worksheet
    source: Source
    store: LabelStore
    new: Sequence[PersonLabel]
    words: Sequence[Reworded]
    """The criteria that this worksheet words anew."""
    data: Dataset | None

    @property
    def changes(self) -> list[Reworded]:
        """The criteria that read otherwise by now, those of earlier reviews included."""
        earlier = reworded_since(self.source.scenarios, self.data) if self.data is not None else []
        by_place = {(each.scenario, each.old.id): each for each in (*earlier, *self.words)}
        return list(by_place.values())


def _checked(
    file: Path,
    sources: Sequence[str | Path],
    labels: Path,
    *,
    dataset: str | Path | None,
    who: str,
) -> _Checked:
    """The worksheet with all that it is to change; InputError where any of it cannot be."""
    sheet = read_worksheet(file)
    name = _name(sheet, who, file)
    source = read_source([Path(each) for each in sources], smoke=True)
    check_edition(sheet, source.scenarios, where=str(file))
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    given = labels_in(sheet, who=name, when=today, where=str(file))
    check_usable([claim for label in given for claim in label.claims], source.scenarios)
    _check_entries(sheet, source, file)
    store = LabelStore(labels)
    words = rewordings(sheet, source.scenarios, who=name, when=today)
    data = load_dataset(dataset) if dataset is not None else None
    _check_dataset(data, words)
    return _Checked(sheet, source, store, store.new(given), words, data)


def _check_entries(sheet: Worksheet, source: Source, file: Path) -> None:
    """InputError for an entry whose criterion is none of its scenario, or reads otherwise there."""
    for entry in sheet.labelled:
        criteria = source.scenarios[entry.scenario].criteria
        wordings = [each.wording for each in criteria if each.id == entry.criterion]
        if wordings != [entry.wording]:
            raise InputError(
                f"{file}: entry {entry.id}: {entry.criterion!r} of scenario {entry.scenario} does "
                "not read as it did when the worksheet was written; the entry was changed by hand: "
                "take it out, or export anew. Nothing was written"
            )


def _name(sheet: Worksheet, who: str, file: Path) -> str:
    """Who labelled; InputError where nobody says so, and for what cannot be imported."""
    if not sheet.labelled:
        raise InputError(
            f"{file}: has no label yet; write pass, fail or wrong behind `label:` of its entries, "
            "or use its page and name the file that it saved"
        )
    for entry in sheet.entries:
        if entry.fault:
            raise InputError(f"{file}: entry {entry.id}: {entry.fault}. Nothing was written")
    if sheet.who.strip() and who.strip() and sheet.who.strip() != who.strip():
        raise InputError(f"{file}: is by {sheet.who!r}, and --who is {who!r}; expected one of them")
    name = sheet.who.strip() or who.strip()
    if not name:
        raise InputError(
            f"{file}: does not say who labelled it; write the name behind `who:`, or give --who. "
            "Nothing was written"
        )
    return name


def _check_dataset(dataset: Dataset | None, words: Sequence[Reworded]) -> None:
    if not words:
        return
    if dataset is None:
        raise InputError(
            f"the worksheet words {words[0].scenario} {words[0].old.id} anew and no data set is "
            "named; name it by --dataset. Nothing was written"
        )
    check_same(dataset, words)
