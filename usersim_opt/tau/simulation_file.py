"""The folder of an evaluation in tau2: finished simulations, one a line; see record_file.py.

Lost simulations are played again when it goes on.
"""

from pathlib import Path

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.json_lines import own_fields
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.validation import parse
from usersim_opt.results.record_file import RecordFile
from usersim_opt.tau.simulation import Simulation


class SimulationFile(RecordFile[Simulation]):
    """Simulations by prompt, task and trial: `played` are those that need not be played again."""

    kind = Simulation
    file, head = "simulations.jsonl", "tau2.json"
    like = '{"domain": "airline", "trial": 0, "reward": 1.0, "talk": {"task": "0", ...}, ...}'
    what = "simulations"

    def is_owed(self, record: Simulation) -> bool:
        """Whether it was lost, which another attempt may not be."""
        return record.is_lost


def simulations_in(folder: Path) -> list[Simulation]:
    """The simulations of a folder, only read; the last of each key, and none where none is kept.

    A last line that was cut off by a kill is passed over. InputError for any other bad line.
    """
    path = folder / SimulationFile.file
    if not path.exists():
        return []
    text = read_text(path, expected=f"simulations such as {SimulationFile.like}")
    lines = text.split("\n")[:-1]
    found = [_simulation(line, f"{path}:{number}") for number, line in enumerate(lines, start=1)]
    return list({each.key: each for each in found}.values())


def _simulation(line: str, where: str) -> Simulation:
    try:
        fields = own_fields(line)
    except ValueError as error:
        like = SimulationFile.like
        raise InputError(f"{where}: is no JSON ({error}); expected {like}") from error
    return parse(fields, Simulation, where=where)
