"""make_worksheet: from a run or evaluations to the verdicts that a person should look at."""

from datetime import UTC, datetime
from pathlib import Path

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.measuring.judge import Judge
from usersim_opt.measuring.runner import DEFAULT_WORKERS
from usersim_opt.measuring.stages import SMOKE
from usersim_opt.results.review.choosing import KINDS, Found, chosen
from usersim_opt.results.review.opinions import Opinions, second_opinions
from usersim_opt.results.review.settings import SETTINGS
from usersim_opt.results.review.sheet import Entry, Given, Worksheet, edition_of
from usersim_opt.results.review.sources import Source, read_source
from usersim_opt.results.smoke_ledger import note_look
from usersim_opt.scenarios.records import Scenario


@checks_arguments
def make_worksheet(
    *paths: str | Path,
    judge: Judge | None = None,
    share: float = 1.0,
    most: int = SETTINGS.most,
    smoke: bool = False,
    seed: int = 0,
    workers: int = DEFAULT_WORKERS,
) -> Worksheet:
    """The verdicts of a run folder, or of saved evaluations, that are most worth a person's minute.

    `judge` gives a second opinion on a `share` of the replies, those that code decides included;
    it costs its price for each reply. Without one there are no disagreements to be found but of a
    judge with itself. `smoke` shows replies of a run's smoke split, which its ledger notes then.

    Raises InputError for what is neither, and where no verdict is worth a look.
    """
    if most < 1:
        raise InputError(f"most is {most}; expected 1 or more verdicts")
    source = read_source([Path(path) for path in paths], smoke=smoke)
    opinions = _opinions(source, judge, share=share, seed=seed, workers=workers)
    found = chosen(source, opinions, most=most)
    if not found:
        raise InputError(
            f"{', '.join(source.names)}: no verdict is worth a look: nothing contradicts, decided "
            "an accept or is flagged; name a second judge (--judge-lm) to find out more"
        )
    if smoke and source.record and any(each.outcome.stage == SMOKE for each in found):
        note_look(source.record.folder)
    return Worksheet(
        edition=edition_of(source.scenarios.values()),
        made=f"{datetime.now(UTC):%Y-%m-%d}",
        sources=source.names,
        offline=source.offline or opinions.offline,
        notes=(*source.notes, *opinions.notes),
        entries=tuple(_entry(n, each, source) for n, each in enumerate(found, start=1)),
    )


def _opinions(
    source: Source, judge: Judge | None, *, share: float, seed: int, workers: int
) -> Opinions:
    if judge is None:
        return Opinions()
    return second_opinions(source, judge, share=share, seed=seed, workers=workers)


def _entry(number: int, found: Found, source: Source) -> Entry:
    scenario = source.scenarios[found.outcome.scenario]
    criterion = next(each for each in scenario.criteria if each.id == found.criterion)
    return Entry(
        id=f"{number:03}",
        scenario=scenario.id,
        criterion=criterion.id,
        wording=criterion.wording,
        dimension=criterion.dimension,
        text=criterion.text,
        version=found.version,
        reply=found.outcome.reply,
        story=scenario.moment.story,
        context=_context(scenario),
        verdicts=_given(found),
        why=tuple(found.why[kind] for kind in KINDS if kind in found.why),
    )


def _context(scenario: Scenario) -> tuple[str, ...]:
    return tuple(f"{turn.role}: {turn.text}" for turn in scenario.history)


def _given(found: Found) -> tuple[Given, ...]:
    return tuple(
        Given(by=by, verdict="pass" if verdict.passed else "fail", evidence=verdict.evidence)
        for by, verdict in found.verdicts
    )
