"""The card of a judge: how far its verdicts can be trusted, measured on labelled replies.

    judge.json  the card as data; `read_judge_card` gives it back
    judge.txt   the same to be read

A metric that is given the card hands it on: evaluations, comparisons and runs name the judge then,
say on how many labels it was calibrated, and take its errors out of their figures.

Not covered: whether the error rates hold for other replies than the labelled ones.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import OFFLINE_NOTE, many, share_text
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.showing import visibly, warn_visibly
from usersim_opt.basics.text import visible
from usersim_opt.basics.validation import parse
from usersim_opt.measuring.calibration.batched import BatchCheck
from usersim_opt.measuring.calibration.correction import WEAKEST
from usersim_opt.measuring.calibration.groups import ErrorCounts, Group, table
from usersim_opt.measuring.calibration.leanings import Leaning
from usersim_opt.measuring.calibration.stability import Stability
from usersim_opt.scenarios.records import Record

FORMAT: Literal["usersim-opt judge card"] = "usersim-opt judge card"
FILE = "judge_card.json"
"""What the card is called in a run folder."""
SHOWN = 10
"""Disagreements in the text; the file has more."""
_EXPECTED = "a card that usersim-opt calibrate-judge --save or JudgeCard.save wrote"


class Disagreement(Record):
    """A verdict of the judge that is not the right one."""

    scenario: str
    criterion: str
    reply: str
    right: Literal["pass", "fail"]
    given: Literal["pass", "fail"]
    against: Annotated[tuple[str, ...], Field(strict=False)]
    """What says otherwise: a person, an example of the data set, a check."""
    wavers: bool
    """Whether the judge gave another verdict when it was asked again."""
    evidence: str
    """The judge's."""

    @property
    def text(self) -> str:
        """A few lines to be read."""
        wavers = ", and not when asked again" if self.wavers else ""
        return visible(
            f"{self.scenario} {self.criterion}: judged {self.given}, {self.right} by "
            f"{' and '.join(self.against)}{wavers}\n"
            f"  reply:    {self.reply}\n"
            f"  evidence: {self.evidence}"
        )


class JudgeCard(Record):
    """What is known of a judge; see the head of this file."""

    _unwritten_defaults = frozenset({"batch"})

    format: Literal["usersim-opt judge card"] = FORMAT
    version: Literal[1] = 1
    judge: str
    """What it is: a RubricJudge, or a panel with its rule."""
    models: Mapping[str, str]
    """Its models with their sampling options, by role."""
    offline: bool
    made: str
    """The date (ISO 8601, UTC)."""
    price: int
    """Calls for the verdicts on one reply at the most."""
    replies: int
    scenarios: int
    tasks: int
    data_sha256: str
    """Hex digest of the scenarios that were labelled."""
    sources: Annotated[tuple[Group, ...], Field(strict=False)]
    """Agreement with the checks, with the examples by their kind, with people."""
    dimensions: Annotated[tuple[Group, ...], Field(strict=False)]
    """The same by dimension, people's labels before examples'."""
    basis: str
    """Which labels the error rates are from, in words."""
    counts: ErrorCounts
    """The errors by which figures are corrected."""
    by_prompt: Mapping[str, ErrorCounts] = Field(default_factory=dict)
    """The same on the replies of each prompt that a person's labels name."""
    stability: Annotated[tuple[Stability, ...], Field(strict=False)] = ()
    leanings: Annotated[tuple[Leaning, ...], Field(strict=False)] = ()
    warnings: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Why the labels, or the judge, may say less than they seem to."""
    disagreements: Annotated[tuple[Disagreement, ...], Field(strict=False)] = ()
    """The worst first."""
    wrong: int = 0
    """How many there are, also where not all are kept."""
    batch: BatchCheck | None = None
    """Whether it is right as often with several replies in a call; None where it takes one."""

    @property
    def too_weak(self) -> str:
        """Why nothing can be corrected by it; empty where it can."""
        return why_too_weak(self.counts)

    @property
    def sentence(self) -> str:
        """Who judged and how far that is known, in one line."""
        counts, given = self.counts, many(self.counts.labels, "label")
        right = [
            f"{share_text(_share(counts.right_passes, counts.passes))} of the passes",
            f"{share_text(_share(counts.right_fails, counts.fails))} of the fails",
        ]
        named = ", ".join(dict.fromkeys(self.models.values())) or "no named model"
        head = f"Judge: {self.judge} ({named}), right on {' and '.join(right)}"
        too_easy = "; mind the warnings of its card" if self.warnings else ""
        return f"{head}; {given}, {self.basis}{too_easy}."

    def of_prompt(self, names: Iterable[str]) -> ErrorCounts | None:
        """The errors on the replies of a prompt, by the first of its names that has some."""
        return next((self.by_prompt[name] for name in names if name in self.by_prompt), None)

    @visibly
    def __str__(self) -> str:
        parts = [
            *([OFFLINE_NOTE] if self.offline else []),
            self.sentence,
            self._extent,
            table("agreement with", self.sources),
            table("dimension", self.dimensions),
            "\n".join([each.sentence for each in self.stability]),
            "\n".join([each.sentence for each in self.leanings]),
            self.batch.sentence if self.batch else "",
            "\n".join(self.warnings),
            self._worst,
        ]
        return "\n\n".join(filter(None, parts))

    @property
    def _extent(self) -> str:
        scenarios = f"{many(self.scenarios, 'scenario')} of {many(self.tasks, 'task')}"
        asked = f"{many(self.replies, 'labelled reply')} on {scenarios}"
        return f"{asked}; {many(self.price, 'call')} for each reply at the most; {self.made}."

    @property
    def _worst(self) -> str:
        if not self.disagreements:
            return "The judge agrees with every label."
        shown = self.disagreements[:SHOWN]
        of = f"{many(self.wrong, 'disagreement')}, the worst {len(shown)}:"
        return "\n".join([of, *(each.text for each in shown)])

    @checks_arguments
    def save(self, path: str | Path) -> Path:
        """Write the card as JSON, and beside it, ending in .txt, as text; return the JSON file.

        InputError where nothing can be written.
        """
        file = Path(path)
        beside = file.with_suffix(".txt")
        if file == beside:
            raise InputError(f"{file}: ends in .txt, where the text goes; expected judge.json")
        check_writable(file)
        check_writable(beside)
        data = self.model_dump(mode="json")
        write_text(file, strict_json.dumps(data, indent=2) + "\n")
        write_text(beside, f"{self}\n")
        return file

    def warn_if_other(self, models: Mapping[str, str], *, batch: int = 1) -> None:
        """A UserWarning if the judge has other models than the card is of, or other batches."""
        of = self.batch.batch if self.batch else 1
        if of != batch:
            warn_visibly(
                f"the judge card is of {many(of, 'reply')} a call and the judge takes {batch}: "
                "calibrate it as it is used, with --judge-batch",
                stacklevel=3,
            )
        if models and dict(models) != dict(self.models):
            warn_visibly(
                f"the judge card is of {_named(self.models)} and the judge is {_named(models)}: "
                "its figures do not hold for this judge; calibrate it with "
                "usersim-opt calibrate-judge",
                stacklevel=4,
            )


def _named(models: Mapping[str, str]) -> str:
    return ", ".join(models.values())


def _share(part: int, of: int) -> float | None:
    return part / of if of else None


def why_too_weak(counts: ErrorCounts) -> str:
    """Why nothing can be corrected by these errors, in words; empty where it can."""
    missing = [name for name, of in (("passes", counts.passes), ("fails", counts.fails)) if not of]
    if missing:
        return f"no label of {' and '.join(missing)} stands against a verdict"
    strength = float(counts.errors.strength)
    if strength < WEAKEST:
        return (
            f"the judge is too weak to correct, q0 + q1 - 1 is {strength:.2f} "
            f"and should be {WEAKEST:g} or more"
        )
    return ""


@checks_arguments
def read_judge_card(path: str | Path) -> JudgeCard:
    """The card of a judge from its JSON file; InputError for a file that holds none."""
    file = Path(path)
    data = strict_json.load(file, expected=_EXPECTED, halves=True)
    return parse(data, JudgeCard, where=str(file))


def as_judge_card(card: JudgeCard | str | Path | None) -> JudgeCard | None:
    """A card as it is, or that of a file; InputError for anything else."""
    if card is None or isinstance(card, JudgeCard):
        return card
    if not isinstance(card, str | Path):
        raise InputError(f"the judge card is a {type(card).__name__}; expected {_EXPECTED}")
    return read_judge_card(card)
