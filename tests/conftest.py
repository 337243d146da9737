"""No network, no shared caches; the airline data set and connected stand-ins for whoever wants them."""

import os
import sys
from pathlib import Path

if sys.__stdin__ is None:  # closed by the shell; pytest's stand-in for standard input asks it for its encoding
    sys.__stdin__ = Path(os.devnull).open()  # noqa: SIM115 - as long as the process

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ.pop("OLLAMA_HOST", None)

import hypothesis
import pytest

import usersim_opt as uso

ROOT = Path(__file__).resolve().parent.parent
AIRLINE = ROOT / "datasets" / "airline"
BASE_PROMPT = ROOT / "optimized" / "airline" / "base.txt"

# A slow machine is no fault of what is tested.
hypothesis.settings.register_profile("any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def _no_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("DSPY_CACHEDIR", str(tmp_path / "dspy-cache"))


@pytest.fixture(scope="session")
def airline():
    return uso.load_dataset(AIRLINE)


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
def tuned(airline, tmp_path_factory):
    """A simulator that the offline stand-ins have tuned with 1,000 calls, with its result; for whoever only looks."""
    sim = uso.UserSimulator(uso.read_prompt(BASE_PROMPT), uso.connect("offline/user", temperature=0.9))
    optimizer = uso.RubricOptimizer(
        metric=uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge"))),
        proposer_lm=uso.connect("offline/proposer"),
        run_dir=tmp_path_factory.mktemp("small") / "run",
        max_calls=1000,
        seed=6,
    )
    return optimizer.compile(sim, trainset=airline.train, valset=airline.smoke)


@pytest.fixture(scope="session")
def small_run(tuned):
    """The result of that run."""
    return tuned.result
