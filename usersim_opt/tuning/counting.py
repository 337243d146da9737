"""In which ledger a run's use of its smoke split is counted, if in any.

Where a file is named it is that one. Else it is `smoke_uses.jsonl` in the folder of the data set,
or for examples without one, and for the data that come with an installed package, beside the run
folder. A stand-in that plays the customer proves
nothing, so such a run is counted only where a file is named.

Not covered: what a ledger says; see results/smoke_ledger.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dspy

from usersim_opt.basics.errors import InputError
from usersim_opt.basics.shipped import is_packaged
from usersim_opt.basics.showing import warn_visibly
from usersim_opt.models.naming import is_offline
from usersim_opt.results.events import Event
from usersim_opt.results.fingerprint import run_id
from usersim_opt.results.smoke_ledger import FILE, WAY_OUT, SmokeLedger, SmokeUse, point_to
from usersim_opt.results.versions import Version
from usersim_opt.scenarios.dataset import folder_of
from usersim_opt.scenarios.material import ScenarioSet, digest


def ledger_of(
    smoke: Sequence[dspy.Example],
    user: dspy.BaseLM | None,
    *,
    named: str | Path | None,
    runs: Path,
) -> SmokeLedger | None:
    """The ledger in which a use of these examples is counted; None where it is not counted.

    `user` plays the customer, `runs` is the folder beside whose run folders a ledger lies where the
    examples have no folder. InputError for a named file that cannot be written; for one that is
    not named a UserWarning says what to do, and the run is not counted. JournalError for a file
    that is no ledger.
    """
    if named is None and is_offline(user):
        return None
    file = Path(named) if named is not None else _usual_folder(smoke, runs) / FILE
    ledger = SmokeLedger(file, digest(ScenarioSet.of(smoke, name="valset")))
    try:
        ledger.check()
    except InputError as error:
        if named is not None or file.is_file():
            raise
        _warn(error)
        return None
    return ledger


def _usual_folder(smoke: Sequence[dspy.Example], runs: Path) -> Path:
    folder = folder_of(smoke)
    # An update of the package would take a ledger among its files away.
    return runs if folder is None or is_packaged(folder) else folder


def _warn(error: InputError) -> None:
    warn_visibly(
        f"{error}; this use of the smoke split is not counted, and no later one will know of it: "
        f"{WAY_OUT}",
        stacklevel=4,
    )


@dataclass(frozen=True)
class Counting:
    """A run's part in the ledger of its smoke split."""

    ledger: SmokeLedger | None
    """None where the run is not counted."""
    run: str
    """The id of the run."""

    @classmethod
    def begin(cls, ledger: SmokeLedger | None, folder: Path, header: Event) -> "Counting":
        """Take a run in, and keep in its folder where it is counted."""
        counting = cls(ledger, run_id(folder, header))
        if ledger is not None:
            point_to(folder, ledger, counting.run)
        return counting

    def next_use(self) -> SmokeUse | None:
        """Which use the run would be if it came to the smoke split now."""
        return self.ledger.next_use() if self.ledger else None

    def take(self, seed: Version, finalist: Version) -> SmokeUse | None:
        """Count the use, unless nothing faces the seed and so nothing is ruled on."""
        if self.ledger is None or seed == finalist:
            return None
        return self.ledger.take(self.run, seed=seed.sha256, finalist=finalist.sha256)
