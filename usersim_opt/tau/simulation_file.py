"""The folder of an evaluation in tau2: finished simulations, one a line; see record_file.py.

Lost simulations are played again when it goes on.
"""

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
