"""The file of a saved evaluation: JSON lines, a header, then scenarios, then outcomes.

    {"format": "usersim-opt evaluation", "version": 1, "name": ..., "scenarios": 25, "outcomes": 50}
    {"scenario": {...}, "story": "..."}
    {"outcome": {...}}

The scenarios stand inside, each with the private story that some checks look at: the file can be
read where the data set is not at hand, and after it has changed. The header counts what follows, so
a file that was cut off is no shorter evaluation. Each line ends with a checksum (sealing.py), which
files of earlier versions lack.

Not covered: private stories are as readable as in the data set; keep the file where that may be.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from usersim_opt.basics import strict_json
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.json_lines import lines_in
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.sealing import sealed
from usersim_opt.basics.validation import Fields, parse
from usersim_opt.basics.version import __version__
from usersim_opt.measuring.outcome import Outcome
from usersim_opt.measuring.recorded.origin import Origin
from usersim_opt.scenarios.languages import ENGLISH
from usersim_opt.scenarios.records import Record, Scenario, Scenarios, Task

FORMAT, VERSION = "usersim-opt evaluation", 1
_LIKE = '{"format": "usersim-opt evaluation", "version": 1, ...}'
_AnyRecord = TypeVar("_AnyRecord", bound=Record)


@dataclass(frozen=True)
class Contents:
    """What the file holds."""

    scenarios: Scenarios
    outcomes: Sequence[Outcome]
    offline: bool
    guarded: bool
    origin: Origin


def is_saved_evaluation(path: Path) -> bool:
    """Whether a file begins as a saved evaluation; InputError for one that cannot be read."""
    try:
        header = strict_json.loads(_first_line(path), halves=True)
    except ValueError:
        return False
    return isinstance(header, dict) and header.get("format") == FORMAT


# -- writing ---------------------------------------------------------------------------------------


def dumped(contents: Contents) -> str:
    """The text of the file."""
    lines = [_header(contents), *_scenario_lines(contents), *_outcome_lines(contents)]
    return b"".join(sealed(json.dumps(line)) for line in lines).decode()


def _header(contents: Contents) -> Fields:
    return {
        "format": FORMAT,
        "version": VERSION,
        **contents.origin.model_dump(mode="json"),
        "offline": contents.offline,
        "guarded": contents.guarded,
        "scenarios": len(contents.scenarios),
        "outcomes": len(contents.outcomes),
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "saved_by": __version__,
    }


def _scenario_lines(contents: Contents) -> Iterator[Fields]:
    for scenario in contents.scenarios.values():
        data = scenario.model_dump(mode="json", by_alias=True, exclude_none=True)
        told = {"scenario": data, "story": scenario.moment.story}
        yield told if scenario.language == ENGLISH else told | {"language": scenario.language}


def _outcome_lines(contents: Contents) -> Iterator[Fields]:
    for outcome in contents.outcomes:
        yield {"outcome": outcome.model_dump(mode="json")}


# -- reading ---------------------------------------------------------------------------------------


def loaded(path: Path) -> Contents:
    """What a saved evaluation holds; InputError for a file that is none, or is not whole."""
    if not is_saved_evaluation(path):
        raise InputError(
            f"{path}: is no saved evaluation, its first line is {_first_line(path)[:60]!r}; "
            "expected a file that Evaluation.save or usersim-opt evaluate --save wrote"
        )
    (where, header), *lines = lines_in(path, like=_LIKE, own=True)
    _check_version(where, header)
    scenarios = [_scenario(place, data) for place, data in lines if "scenario" in data]
    outcomes = [
        _part(place, data, "outcome", Outcome) for place, data in lines if "outcome" in data
    ]
    contents = Contents(
        scenarios={scenario.id: scenario for scenario in scenarios},
        outcomes=outcomes,
        offline=header.get("offline") is True,
        guarded=header.get("guarded") is True,
        origin=_origin(where, header),
    )
    _check_whole(path, header, contents)
    return contents


def _first_line(path: Path) -> str:
    return read_text(path, expected="a saved evaluation, or JSON lines").partition("\n")[0]


def _check_version(where: str, header: Fields) -> None:
    if header.get("version") != VERSION:
        raise InputError(
            f"{where}: is a saved evaluation of format {header.get('version')!r}; this version of "
            f"usersim-opt ({__version__}) reads format {VERSION}; read it with the version "
            f"that wrote it ({header.get('saved_by', 'unknown')})"
        )


def _scenario(where: str, data: Fields) -> Scenario:
    """The scenario of a line, with its story and language."""
    scenario = _part(where, data, "scenario", Scenario)
    story = data.get("story")
    if not isinstance(story, str) or not story:
        return scenario
    task = {"id": scenario.task_id, "domain": "-", "source": "-", "story": story}
    spoken = {"language": data["language"]} if "language" in data else {}
    return scenario.of_task(parse(task | spoken, Task, where=where))


def _part(where: str, data: Fields, name: str, kind: type[_AnyRecord]) -> _AnyRecord:
    return parse(data[name], kind, where=f"{where}: {name}")


def _origin(where: str, header: Mapping[str, Any]) -> Origin:
    known = {name: header[name] for name in Origin.model_fields if name in header}
    return parse(known, Origin, where=where)


def _check_whole(path: Path, header: Fields, contents: Contents) -> None:
    """InputError unless the file holds as much as its header says, and nothing without a rubric."""
    for name, found in (("scenarios", contents.scenarios), ("outcomes", contents.outcomes)):
        if len(found) != header.get(name):
            raise InputError(
                f"{path}: holds {len(found)} {name}, its header says {header.get(name)!r}; "
                "the file was cut off or changed: save the evaluation again"
            )
    for outcome in contents.outcomes:
        if outcome.scenario not in contents.scenarios:
            raise InputError(
                f"{path}: holds a reply to scenario {outcome.scenario!r} and not the scenario; "
                "the file was changed: save the evaluation again"
            )
