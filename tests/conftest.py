"""No network, no shared caches; the airline data set, connected stand-ins, and a run to look at."""

import atexit
import fcntl
import os
import shutil
import sys
import warnings
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

# Where the shell closed standard input there is none; pytest's stand-in asks it for its encoding.
if sys.__stdin__ is None:
    sys.__stdin__ = Path(os.devnull).open()  # noqa: SIM115 - as long as the process

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ.pop("OLLAMA_HOST", None)

# Where no bytecode is to be left in the checkout, each child would compile the package anew, for
# more than a second. All children of a session, those of its workers included, share a folder.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    os.environ["PYTHONPYCACHEPREFIX"] = mkdtemp(prefix="bytecode-")
    atexit.register(shutil.rmtree, os.environ["PYTHONPYCACHEPREFIX"], ignore_errors=True)

import hypothesis
import pytest

import usersim_opt as uso
from usersim_opt.commands.entry.start import main
from usersim_opt.results.smoke_ledger import FILE as LEDGER

ROOT = Path(__file__).resolve().parent.parent
AIRLINE = ROOT / "datasets" / "airline"
BASE_PROMPT = ROOT / "optimized" / "airline" / "base.txt"

# No test cuts the power, and what a killed process has written is in the system's hands. Waiting
# for the disk takes a third of the time of a run.
os.fsync = lambda descriptor: None

# A slow machine is no fault of what is tested.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _no_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DSPY_CACHEDIR", str(tmp_path / "dspy-cache"))


@pytest.fixture
def started(monkeypatch, capsys):
    """Run the console command in this process: status, stdout, stderr."""
    monkeypatch.setattr(warnings, "showwarning", warnings.showwarning)
    monkeypatch.setenv("LITELLM_LOCAL_MODEL_COST_MAP", "True")

    def start(*arguments):
        monkeypatch.setattr(sys, "argv", ["usersim-opt", *map(str, arguments)])
        with pytest.raises(SystemExit) as leaving:
            main()
        said = capsys.readouterr()
        return leaving.value.code, said.out, said.err

    return start


@pytest.fixture(scope="session", autouse=True)
def _no_ledger_in_the_repository():
    yield
    assert not (AIRLINE / LEDGER).exists(), "a test has counted a use of the repository's own data"


@pytest.fixture(scope="session")
def airline():
    """The data set with work for a judge, and as if it had no folder.

    All its criteria have a check; here the last one of each scenario has none. Without a folder a
    ledger of its uses lies beside the run folder.
    """
    data = uso.load_dataset(AIRLINE)
    scenarios = {name: _with_judge(scenario) for name, scenario in data.scenarios.items()}
    return replace(data, scenarios=scenarios, folder=None)


@pytest.fixture(scope="session")
def checked():
    """The data set as it is: code alone decides."""
    return replace(uso.load_dataset(AIRLINE), folder=None)


def _with_judge(scenario):
    """The scenario with its last criterion for the judge."""
    *checked, last = scenario.criteria
    criteria = (*checked, last.model_copy(update={"check": None}))
    return scenario.model_copy(update={"criteria": criteria})


@pytest.fixture
def base_prompt():
    return uso.read_prompt(BASE_PROMPT)


@pytest.fixture
def simulator(base_prompt):
    return uso.UserSimulator(base_prompt, uso.connect("offline/user", temperature=0.9))


@pytest.fixture
def metric():
    return uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge")))


@pytest.fixture(scope="session")
def tuned_dir(tmp_path_factory):
    """The folder of the run behind `tuned`; copy it before you change anything in it.

    All workers of a test session share it, so that the run is made once. It is locked until the
    first worker has finished; to the others `compile` gives the finished run, which costs nothing.
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # a worker's own folder lies in that of the session
    return folder / "tuned"


@pytest.fixture(scope="session")
def tuned(airline, tuned_dir):
    """A simulator that the stand-ins have tuned with 1,200 calls, for whoever only looks."""
    sim = uso.UserSimulator(
        uso.read_prompt(BASE_PROMPT), uso.connect("offline/user", temperature=0.9)
    )
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge"))),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=tuned_dir,
        max_calls=1200,
        seed=2,
    )
    with _alone(tuned_dir.with_suffix(".lock")):
        return optimizer.compile(sim, trainset=airline.train, valset=airline.smoke)


@contextmanager
def _alone(lock):
    """Wait until no other process is inside, and keep the others out."""
    with lock.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # closing the file lets go
        yield


@pytest.fixture(scope="session")
def small_run(tuned):
    """The result of that run."""
    return tuned.result
