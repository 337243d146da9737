"""A finished run of stand-ins whose record is attacked, and copies of it."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import usersim_opt as uso

ROOT = Path(__file__).resolve().parent.parent
CALLS = 300
"""Calls of the run whose record is attacked."""


@cache
def whole_run() -> Path:
    """A finished run of stand-ins, made once."""
    folder = Path(mkdtemp()) / "run"
    compile_in(folder)
    return folder


def compile_in(folder: Path, *, max_calls: int = CALLS) -> uso.UserSimulator:
    """The winner of a run in a folder, gone on with where it was broken off."""
    data = uso.load_dataset(ROOT / "datasets" / "airline")
    metric = uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge")))
    base = uso.read_prompt(ROOT / "optimized" / "airline" / "base.txt")
    optimizer = uso.RubricOptimizer(
        metric=metric,
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=folder,
        max_calls=max_calls,
        seed=6,
    )
    user = uso.UserSimulator(base, uso.connect("offline/user", temperature=0.9))
    return optimizer.compile(user, trainset=data.train, valset=data.smoke)


def copied(folder: Path) -> Path:
    """A copy of the finished run."""
    place = folder / "run"
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(whole_run(), place)
    return place
