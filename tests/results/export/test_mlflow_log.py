import hashlib
import json
import os
import sys
from importlib.util import find_spec
from types import SimpleNamespace

import pytest
from conftest import ROOT
from processes import run

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.results.export.mlflow_log import RunLogger, log_result

KEY = "sk-this-must-not-be-stored"
with_mlflow = pytest.mark.skipif(
    find_spec("mlflow") is None, reason="MLflow is an extra: pip install -e .[mlflow]"
)


@pytest.fixture(scope="session")
def session(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mlflow")
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    environment = os.environ | {
        "PYTHONPATH": path,
        "DSPY_CACHEDIR": str(folder / "cache"),
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    command = [sys.executable, str(ROOT / "tests" / "mlflow_session.py"), str(folder)]
    done = run(command, check=True, env=environment, cwd=folder)
    found = json.loads((folder / "found.json").read_text())
    tops = [run for run in found["runs"] if run["parent"] is None]
    return SimpleNamespace(**found, folder=folder, tops=tops, stderr=done.stderr)


@with_mlflow
def test_a_compile_is_a_run_with_models_and_the_figures_of_the_smoke_split(session):
    run = session.tops[0]
    assert run["status"] == "FINISHED"
    assert run["tags"]["mlflow.autologging"] == "dspy"
    assert run["params"]["model.user"] == "offline/user temperature=0.9"
    assert run["metrics"]["smoke.gain"] == pytest.approx(session.first["gain"])
    assert (
        run["metrics"]["smoke.gain_low"] < session.first["gain"] < run["metrics"]["smoke.gain_high"]
    )
    assert run["metrics"]["smoke.seed.pass_rate"] == pytest.approx(session.first["base"])
    assert run["metrics"]["calls.user"] == session.first["calls"]["user"]
    assert run["metrics"]["tokens.user"] > 0
    assert "smoke.finalist.dimension.error_reaction.emotional_pattern" in run["metrics"]
    assert run["tags"]["mlflow.note.content"].startswith("Made with offline stand-in models")
    assert session.first["verdict"] in run["tags"]["mlflow.note.content"]


@with_mlflow
def test_every_prompt_is_there_byte_for_byte_and_the_best_one_loads_into_dspy(session, tmp_path):
    files = session.tops[0]["files"]
    assert {name: text for name, text in files.items() if name.startswith("prompts/")} == {
        f"prompts/{version}.txt": text for version, text in session.first["versions"].items()
    }
    assert files["prompt.txt"] == session.first["shipped"]
    assert (
        json.loads(files["prompt.json"])["sha256"]
        == hashlib.sha256(files["prompt.txt"].encode()).hexdigest()
    )
    assert {"prompt.md", "result.txt"} <= set(files)
    assert len(json.loads(files["data.json"])["records"]) == 222 + 74
    (tmp_path / "best_model.json").write_text(files["best_model.json"])
    assert uso.load_dspy(tmp_path / "best_model.json").prompt.text == session.first["shipped"]


@with_mlflow
def test_versions_are_steps_and_child_runs(session):
    run = session.tops[0]
    children = [child for child in session.runs if child["parent"] == run["id"]]
    steps = dict(run["steps"]["search.pass_rate"])
    assert sorted(f"v{step:03}" for step in steps) == sorted(child["name"] for child in children)
    assert len(children) > 2
    for child in children:
        assert child["status"] == "FINISHED"
        assert child["metrics"]["search.pass_rate"] == steps[int(child["name"][1:])]
        assert child["files"]["prompt.txt"] == session.first["versions"][child["name"]]
        assert (
            child["params"]["sha256"]
            == hashlib.sha256(child["files"]["prompt.txt"].encode()).hexdigest()
        )
    assert set(dict(run["steps"]["search.accepted"]).values()) <= {0, 1}


@with_mlflow
def test_a_run_that_is_gone_on_with_logs_the_same_once_more(session):
    first, again, *_ = session.tops
    for part in ("metrics", "params", "steps"):
        assert again[part] == first[part]
    assert {k: v for k, v in again["files"].items() if k != "trainset.json"} == {
        k: v for k, v in first["files"].items() if k != "trainset.json"
    }


@with_mlflow
def test_no_key_and_no_address_reaches_the_store(session):
    keyed = session.tops[2]
    assert keyed["params"]["model.proposer"] == "openai/proposer"
    stored = [
        path
        for path in [session.folder / "mlflow.db", *(session.folder / "artifacts").rglob("*")]
        if path.is_file()
    ]
    assert len(stored) > 10
    for path in stored:
        assert KEY.encode() not in path.read_bytes(), path
        assert session.host.encode() not in path.read_bytes(), path
    assert KEY not in session.stderr


@with_mlflow
def test_the_thousands_of_calls_of_a_compile_leave_no_traces(session):
    assert session.traces == 0


@with_mlflow
def test_a_result_at_hand_goes_into_the_active_run_or_a_new_one(session):
    by_id = {run["id"]: run for run in session.runs}
    assert by_id[session.logged]["name"] == "first"
    assert by_id[session.logged]["metrics"]["smoke.gain"] == pytest.approx(session.first["gain"])
    mine, logged, second = session.mine
    assert mine == logged
    assert by_id[second]["parent"] == mine


PLAIN = """
import sys, mlflow, usersim_opt as uso
folder, state, dataset = sys.argv[1:]
mlflow.set_tracking_uri(f"sqlite:///{folder}/plain.db")
mlflow.set_experiment("plain")
if state == "on":
    mlflow.dspy.autolog()
data = uso.load_dataset(dataset)
prompt = "You play a customer.\\n- Stay with the story.\\n{scenario}"
optimizer = uso.RubricOptimizer(
    metric=uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge"))),
    proposer_lm=uso.connect("offline/proposer"),
    run_dir=f"{folder}/{state}",
    max_calls=400,
)
simulator = uso.UserSimulator(prompt, uso.connect("offline/user"))
optimizer.compile(simulator, trainset=data.train, valset=data.smoke)
runs = [run.data.tags for run in mlflow.search_runs(output_format="list")]
print([tags.get("usersim_opt.sha256") for tags in runs if "mlflow.parentRunId" not in tags])
"""


@with_mlflow
@pytest.mark.parametrize(("state", "runs"), [("on", 1), ("off", 0)])
def test_mlflow_s_own_switch_is_enough(tmp_path, state, runs):
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MLFLOW_DISABLE_TELEMETRY": "true"}
    command = [
        sys.executable,
        "-c",
        PLAIN,
        str(tmp_path),
        state,
        str(ROOT / "datasets" / "airline"),
    ]
    done = run(command, check=True, env=environment, cwd=tmp_path)
    assert len(json.loads(done.stdout.splitlines()[-1].replace("'", '"'))) == runs


def test_other_optimizers_programs_are_not_logged(simulator):
    RunLogger().on_compile_end("1", simulator)
    RunLogger().on_compile_end("1", None, ValueError("no"))


@pytest.mark.skipif(find_spec("mlflow") is not None, reason="MLflow is installed")
def test_without_mlflow_the_error_says_how_to_install_it(tuned):
    with pytest.raises(InputError, match="pip install 'mlflow>=3'"):
        log_result(tuned.result)
