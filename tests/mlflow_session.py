"""Two compiles with autolog on, a local store, and what is in it as JSON.

It is a process of its own, for MLflow patches DSPy for good.

python mlflow_session.py FOLDER
"""

import json
import os
import sys
from pathlib import Path

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"

import mlflow
from ollama_server import ollama

import usersim_opt as uso
from usersim_opt.results.export.mlflow_log import log_result
from usersim_opt.tuning.mlflow import autolog

ROOT = Path(__file__).resolve().parent.parent
KEY = "sk-this-must-not-be-stored"


def summary(client, run):
    files = {}

    def walk(path=None):
        for item in client.list_artifacts(run.info.run_id, path):
            if item.is_dir:
                walk(item.path)
            else:
                files[item.path] = (
                    Path(client.download_artifacts(run.info.run_id, item.path))
                    .read_bytes()
                    .decode()
                )

    walk()
    steps = {
        name: [(m.step, m.value) for m in client.get_metric_history(run.info.run_id, name)]
        for name in run.data.metrics
        if name.startswith("search.")
    }
    parent = run.data.tags.get("mlflow.parentRunId")
    return {
        "id": run.info.run_id,
        "name": run.info.run_name,
        "status": run.info.status,
        "parent": parent,
        "params": run.data.params,
        "metrics": run.data.metrics,
        "tags": run.data.tags,
        "files": files,
        "steps": steps,
    }


def figures(result):
    return {
        "versions": {version.id: version.text for version in result.versions.values()},
        "gain": result.confirmation.gain.mean,
        "verdict": result.verdict,
        "shipped": result.shipped.text,
        "calls": dict(result.calls),
        "base": result.base_smoke.pass_rate.mean,
    }


def main(folder):
    mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
    mlflow.create_experiment("tuning", artifact_location=str(folder / "artifacts"))
    mlflow.set_experiment("tuning")
    autolog()
    autolog()
    data = uso.load_dataset(ROOT / "datasets" / "airline")
    metric = uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge")))
    sim = uso.UserSimulator(
        uso.read_prompt(ROOT / "optimized" / "airline" / "base.txt"),
        uso.connect("offline/user", temperature=0.9),
    )
    found = {"calls": []}

    def compiled(name, proposer):
        optimizer = uso.RubricOptimizer(
            metric=metric, proposer_lm=proposer, run_dir=folder / name, max_calls=1100, seed=6
        )
        return optimizer.compile(sim, trainset=data.train, valset=data.smoke)

    first = compiled("first", uso.connect("offline/proposer"))
    compiled("first", uso.connect("offline/proposer"))
    found["first"] = figures(first.result)
    with ollama("I have no idea.") as server:
        compiled("keyed", uso.connect("openai/proposer", api_base=f"{server.url}/v1", api_key=KEY))
        found["host"] = server.url.removeprefix("http://")
    mlflow.dspy.autolog(disable=True)
    found["logged"] = log_result(first.result)
    with mlflow.start_run(run_name="mine") as mine:
        found["mine"] = [mine.info.run_id, log_result(first.result), log_result(first.result)]
    client = mlflow.MlflowClient()
    found["traces"] = len(mlflow.search_traces(return_type="list", max_results=1000))
    found["runs"] = [
        summary(client, run)
        for run in mlflow.search_runs(
            output_format="list", order_by=["start_time ASC"], max_results=5000
        )
    ]
    (folder / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
