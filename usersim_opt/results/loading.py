"""The result of a run from its folder, and what a record must have to be one."""

from pathlib import Path

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import JournalError
from usersim_opt.basics.showing import warn_visibly
from usersim_opt.results.record import RunRecord, read_record
from usersim_opt.results.result import OptimizationResult


@checks_arguments
def load_result(run_dir: str | Path) -> OptimizationResult:
    """The result of a finished run.

    JournalError for a folder that holds none, or one whose smoke split is not measured.
    """
    record = read_record(run_dir)
    if not record.finished or not record.scenarios:
        raise JournalError(
            f"{run_dir}: holds no finished run ({_missing(record)}); "
            "go on with it by --resume, or read it with read_record"
        )
    return result_of(record)


def result_of(record: RunRecord) -> OptimizationResult:
    """The result that the record of a finished run tells; a UserWarning names what it lacks.

    JournalError where the text of a version is another one than was measured: what ships would not
    be what the figures are of.
    """
    if record.changed:
        raise JournalError(
            f"{record.folder}: {'; '.join(record.changed)}; restore the journal from a copy"
        )
    if record.problems:
        said = f"{record.folder}: {'; '.join(record.problems)}"
        warn_visibly(said, stacklevel=4)
    return OptimizationResult(record)


def _missing(record: RunRecord) -> str:
    """What a record lacks to be that of a finished run."""
    waits = ["its smoke split has not been measured yet"] if record.scenarios else []
    return "; ".join([*record.problems, *waits])
