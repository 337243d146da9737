"""A finished evaluation in tau2, read back from its folder; no tau2 has to be installed.

found = uso.tau.read("runs/retail")

FOLDER/comparison.json   the domain, the number of each task's text, what was left out
"""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from usersim_opt.basics import strict_json
from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.files import write_text
from usersim_opt.basics.validation import parse
from usersim_opt.tau.scripted import NOBODY
from usersim_opt.tau.shown import Downstream
from usersim_opt.tau.simulation_file import simulations_in

FILE = "comparison.json"
_EXPECTED = "the folder of an evaluation in tau2 that has come to its end, its --run-dir"


class _Kept(BaseModel):
    """The shape of comparison.json."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    domain: str
    prompts: dict[str, str]
    """The sha256 of each, by name."""
    texts: dict[str, NonNegativeInt]
    left_out: NonNegativeInt
    tau2: str


def keep(found: Downstream, folder: Path, *, prompts: dict[str, str]) -> None:
    """Write what `read` needs beside the simulations; `prompts` are their sha256."""
    kept = _Kept(
        domain=found.domain,
        prompts=prompts,
        texts=dict(found.texts),
        left_out=found.left_out,
        tau2=found.tau2,
    )
    write_text(folder / FILE, strict_json.dumps(kept.model_dump(), indent=1) + "\n")


@checks_arguments
def read(folder: str | Path) -> Downstream:
    """What `uso.tau.evaluate` returned when it kept its runs in this folder.

    InputError, with the file, for a folder that holds no evaluation, or one that was broken off.
    """
    file = Path(folder) / FILE
    if not file.is_file():
        raise InputError(f"{file}: is not there; expected {_EXPECTED}")
    kept = parse(strict_json.load(file, expected=_EXPECTED), _Kept, where=str(file))
    runs = simulations_in(Path(folder))
    if unknown := {run.talk.task for run in runs} - kept.texts.keys():
        raise InputError(f"{file}: has no task {min(unknown)!r}, of which a run is kept")
    sides = {
        name: tuple(run for run in runs if run.talk.prompt_sha256 == sha256)
        for name, sha256 in kept.prompts.items()
    }
    line = tuple(run for run in runs if run.talk.user == NOBODY)
    return Downstream(kept.domain, sides, line, kept.texts, kept.left_out, kept.tau2)
