"""A cluster of two worker processes, one of which is killed in the middle."""

import itertools
import os
import signal
import warnings

import pytest
from helpers import events
from processes import usual_signals

import usersim_opt as uso
from usersim_opt.basics.asking import engine_of
from usersim_opt.basics.errors import Unreachable
from usersim_opt.measuring.cluster import dask_executor
from usersim_opt.models.loopback import OllamaServer, stand_ins

pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning",
    "ignore::DeprecationWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


@pytest.fixture
def cluster():
    distributed = pytest.importorskip("distributed", reason="Dask is an extra")
    with warnings.catch_warnings(), usual_signals():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=2,
            processes=True,
            dashboard_address=None,
            silence_logs=50,
        ) as running:
            yield running


def test_a_run_on_a_cluster_that_loses_a_worker_is_the_run_on_threads(
    airline, base_prompt, metric, cluster, tmp_path
):
    def tuned(run_dir, workers):
        optimizer = uso.RubricOptimizer(
            metric=metric,
            proposer_lm=uso.connect("offline/proposer"),
            run_dir=run_dir,
            max_calls=700,
            seed=6,
            workers=workers,
        )
        return optimizer.compile(simulator, trainset=airline.train, valset=airline.smoke)

    victims, numbers = [], itertools.count(1)

    def answer(body):
        if victims and next(numbers) == 100:
            os.kill(victims.pop(), signal.SIGKILL)
        return stand_ins(body)

    with OllamaServer(answer, delay=0.01, models=("user:latest",)) as server:
        simulator = uso.UserSimulator(
            base_prompt, uso.connect("ollama/user", api_base=server.url, temperature=0.9)
        )
        on_threads = tuned(tmp_path / "threads" / "run", 4)
        victims.append(next(iter(cluster.workers.values())).pid)
        with dask_executor(cluster.scheduler_address) as executor:
            on_cluster = tuned(tmp_path / "cluster" / "run", executor)
    assert not victims
    assert on_cluster.prompt == on_threads.prompt
    assert str(on_cluster.result) == str(on_threads.result)
    assert events(tmp_path / "cluster" / "run") == events(tmp_path / "threads" / "run")


def test_a_cluster_that_is_not_there_is_named():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            pytest.raises(Unreachable, match="no Dask scheduler answers at tcp://127.0.0.1:9"),
            dask_executor("tcp://127.0.0.1:9", timeout=0.5),
        ):
            pass


def test_models_travel_to_other_processes():
    cloudpickle = pytest.importorskip("cloudpickle", reason="comes with Dask")
    lm = uso.connect("ollama/m", api_base=["a", "b"], num_ctx=99, temperature=0.5)
    engine_of(lm).calibrate(0.15)
    copies = [cloudpickle.loads(cloudpickle.dumps(lm)) for _ in range(2)]
    one, other = (engine_of(copy) for copy in copies)
    assert one is other
    assert one.described() == engine_of(lm).described()
    assert one.rate == 0.15
    assert copies[0].kwargs["temperature"] == 0.5
