"""Labels that a person gave in a worksheet, kept as lines of a file that calibrate_judge reads.

Nothing in the file is ever changed: new labels come behind, one that stands there already is not
written twice, and one that contradicts what the same person said before is refused.
"""

from collections.abc import Sequence
from pathlib import Path

from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.files import check_writable, write_text
from usersim_opt.basics.validation import Fields
from usersim_opt.measuring.calibration.people import Claim, PersonLabel, read_labels
from usersim_opt.measuring.recorded.replies import usable
from usersim_opt.results.review.sheet import Entry, Worksheet

_LISTS = {"pass": "passes", "fail": "fails", "wrong": "wrong"}


def labels_in(sheet: Worksheet, *, who: str, when: str, where: str) -> list[PersonLabel]:
    """The labels of a worksheet; `when` is taken for those that have no time of their own."""
    return [
        PersonLabel.model_validate(_fields(entry, who, when)).at(f"{where}: entry {entry.id}")
        for entry in sheet.labelled
    ]


def _fields(entry: Entry, who: str, when: str) -> Fields:
    return {
        "scenario": entry.scenario,
        "reply": entry.reply,
        _LISTS[entry.label]: (entry.criterion,),
        "prompt": entry.version,
        "who": who,
        "when": entry.when or when,
        "note": entry.note.strip(),
        "wording": entry.wording,
    }


class LabelStore:
    """The labels of a file, which need not be there yet."""

    def __init__(self, file: Path) -> None:
        check_writable(file)
        self.file = file
        self.labels = read_labels(file) if file.is_file() and file.stat().st_size else []

    def new(self, labels: Sequence[PersonLabel]) -> list[PersonLabel]:
        """Those of the labels that the file lacks.

        InputError, with the places, where one person says two things of one criterion of a reply.
        """
        claims = [_Anywhere(claim) for label in (*self.labels, *labels) for claim in label.claims]
        problems = usable(claims, {claim.scenario for claim in claims}).problems
        if problems:
            more = f"; and {many(len(problems) - 1, 'more')}" if problems[1:] else ""
            raise InputError(
                f"{problems[0]}{more}. Nothing was written: change the label in the worksheet, or "
                f"take the line out of {self.file}"
            )
        known = {_identity(label) for label in self.labels}
        return [label for label in labels if _identity(label) not in known]

    def add(self, labels: Sequence[PersonLabel]) -> None:
        """Write labels behind the others, whole or not at all."""
        if not labels:
            return
        before = self.file.read_text(encoding="utf-8") if self.file.is_file() else ""
        if before and not before.endswith("\n"):
            before += "\n"
        lines = [strict_json.dumps(_written(label)) + "\n" for label in labels]
        write_text(self.file, before + "".join(lines))
        self.labels = [*self.labels, *labels]


class _Anywhere:
    """A claim on a reply, whichever version gave it: a reply is judged by its words."""

    def __init__(self, claim: Claim) -> None:
        self.scenario, self.where, self.claim = claim.scenario, claim.where, claim.claim
        self.subject = _about(claim)
        self.can_contradict = claim.can_contradict


def _about(claim: Claim) -> object:
    label = claim.label
    return (label.scenario, label.reply, claim.criterion, label.wording, label.who)


def _identity(label: PersonLabel) -> object:
    """What makes a label the same as another one, whenever it was given."""
    claims = frozenset((claim.criterion, claim.claim) for claim in label.claims)
    return (label.scenario, label.reply, label.prompt, label.who, label.wording, claims)


def _written(label: PersonLabel) -> Fields:
    return {name: value for name, value in label.model_dump(mode="json").items() if value}
