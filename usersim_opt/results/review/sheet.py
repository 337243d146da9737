"""A worksheet: verdicts for a person to look at, as YAML to be filled in, or saved by the page.

    edition: 3f9c0a12be77          # of the rubrics that it was made from
    who: ""                        # whoever fills it in
    entries:
    - id: "001"
      scenario: "001.3"
      criterion: no_new_plan
      ...
      label: ""                    # pass, fail or wrong (the criterion is wrong); empty: not yet
      note: ""                     # why; needed with wrong
      rewording: ""                # how the criterion should read; may be left empty

The private story stands in it, as some criteria cannot be decided without: keep it where that may
be. What the page saves is the same as JSON.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, StringConstraints

from usersim_opt.basics import strict_json, strict_yaml
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.figures import many
from usersim_opt.basics.files import check_writable, write_yaml
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.showing import visibly
from usersim_opt.basics.text import sha256
from usersim_opt.basics.validation import parse
from usersim_opt.scenarios.records import Record, Scenario, Text

FORMAT: Literal["usersim-opt worksheet"] = "usersim-opt worksheet"
_EXPECTED = "a worksheet that review-rubrics export wrote, or what its page saved"
_Short = Annotated[str, StringConstraints(max_length=4000)]


class Given(Record):
    """A verdict that was given, and by whom."""

    by: Text
    verdict: Literal["pass", "fail"]
    evidence: str


class Entry(Record):
    """One criterion of one reply, with what a person needs to decide it, and what she decided."""

    id: Text
    scenario: Text
    criterion: Text
    wording: Text
    """Digest of the criterion as it read; see `Criterion.wording`."""
    dimension: str
    text: Text
    version: Text
    """Whose reply it is: a version of a run, or the name of an evaluation."""
    reply: str
    story: str
    context: Annotated[tuple[str, ...], Field(strict=False)]
    """The conversation so far, a turn a text: `agent: ...`."""
    verdicts: Annotated[tuple[Given, ...], Field(strict=False)]
    why: Annotated[tuple[str, ...], Field(strict=False)]
    """Why it is worth a person's minute, in words."""
    label: Literal["", "pass", "fail", "wrong"] = ""
    note: _Short = ""
    rewording: _Short = ""
    when: _Short = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What a label is of: scenario, criterion, reply."""
        return self.scenario, self.criterion, self.reply

    @property
    def fault(self) -> str:
        """What is wrong with how it was filled in; empty where nothing is."""
        if self.label == "wrong" and not self.note.strip():
            return "says that the criterion is wrong and not why; expected a `note`"
        if self.label != "wrong" and self.rewording.strip():
            return (
                f"rewords the criterion and is labelled {self.label!r}; expected `label: wrong`, "
                "or no `rewording`"
            )
        return ""


class Worksheet(Record):
    """The verdicts that are most worth a person's minute; see the head of this file."""

    format: Literal["usersim-opt worksheet"] = FORMAT
    version: Literal[1] = 1
    edition: Text
    """Digest of the rubrics that it was made from."""
    made: Text
    sources: Annotated[tuple[str, ...], Field(strict=False)]
    """The names of the run folders and files that the replies are from."""
    offline: bool = False
    who: _Short = ""
    notes: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """What was left out, in words."""
    entries: Annotated[tuple[Entry, ...], Field(min_length=1, strict=False)]

    @property
    def labelled(self) -> list[Entry]:
        """The entries that a person has decided."""
        return [entry for entry in self.entries if entry.label]

    @property
    def left(self) -> int:
        """How many are not decided yet."""
        return len(self.entries) - len(self.labelled)

    @visibly
    def __repr__(self) -> str:
        return f"<Worksheet: {many(len(self.entries), 'verdict')}, {self.left:,} to be labelled>"

    def save(self, path: str | Path) -> Path:
        """Write it as YAML, whole or not at all, and return the path.

        InputError for a file that cannot be written, and for a worksheet that holds labels and
        would be lost.
        """
        file = Path(path)
        check_writable(file)
        check_unlabelled(file)
        write_yaml(file, self.model_dump(mode="json"))
        return file


def files_of(name: Path) -> list[Path]:
    """The files of a worksheet by its name, which has no ending: YAML and page."""
    return [name.with_name(f"{name.name}.{ending}") for ending in ("yaml", "html")]


def check_files(name: Path) -> None:
    """InputError for files of a worksheet that cannot be written, or with labels."""
    files = files_of(name)
    for file in files:
        check_writable(file)
    check_unlabelled(files[0])


def check_unlabelled(file: Path) -> None:
    """InputError for a worksheet in which a person has begun; nothing writes over labels."""
    if not file.is_file():
        return
    begun = read_worksheet(file).labelled
    if begun:
        raise InputError(
            f"{file}: is a worksheet with {many(len(begun), 'label')}, which would be lost; "
            "import it, or name another file"
        )


@checks_arguments
def read_worksheet(path: str | Path) -> Worksheet:
    """The worksheet of a YAML file, or of what the page saved.

    InputError names the file, the entry, what was got and what was expected.
    """
    file = Path(path)
    text = read_text(file, expected=_EXPECTED)
    data = _data(file, text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f"{file}: is no worksheet; expected {_EXPECTED}")
    return parse(data, Worksheet, where=str(file))


def _data(file: Path, text: str) -> object:
    if text.lstrip().startswith("{"):
        return strict_json.load(file, expected=_EXPECTED)
    try:
        return strict_yaml.loads(text)
    except yaml.YAMLError:
        return strict_yaml.load(file)  # which says file and line


def edition_of(scenarios: Iterable[Scenario]) -> str:
    """A short digest of rubrics as they read: twelve hexadecimal digits."""
    wordings = {
        f"{scenario.id} {criterion.id}": criterion.wording
        for scenario in scenarios
        for criterion in scenario.criteria
    }
    return sha256(strict_json.dumps(dict(sorted(wordings.items()))))[:12]


def check_edition(sheet: Worksheet, scenarios: Mapping[str, Scenario], *, where: str) -> None:
    """InputError where a worksheet was made from other rubrics than these."""
    edition = edition_of(scenarios.values())
    if sheet.edition != edition:
        raise InputError(
            f"{where}: is of edition {sheet.edition}, made from {', '.join(sheet.sources)}; what "
            f"was named is of edition {edition}. Name what it was exported from. Its "
            f"{many(len(sheet.labelled), 'label')} stand in the file as they were, nothing was "
            "written"
        )
