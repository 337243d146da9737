"""A saved evaluation, read back."""

from pathlib import Path

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.recorded.form import loaded


@checks_arguments
def read_evaluation(path: str | Path) -> Evaluation:
    """The evaluation that `Evaluation.save` wrote: the same scenarios, outcomes and origin.

    InputError for a file that is none, that was cut off, or that a later version wrote.
    """
    contents = loaded(Path(path))
    return Evaluation(
        contents.scenarios,
        contents.outcomes,
        offline=contents.offline,
        guarded=contents.guarded,
        origin=contents.origin,
    )
