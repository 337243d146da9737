"""What bench_harness measures, a function for each figure."""

import http.client
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from itertools import pairwise, takewhile
from pathlib import Path
from urllib.parse import urlsplit

import dspy

import usersim_opt as uso
from usersim_opt.basics.layout import grid
from usersim_opt.measuring.runner import Job, Runner, job_seed
from usersim_opt.results.journal import Journal

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS, THREADS, DELAY = 200, 32, 0.05
IDEAL = -(-SCENARIOS // THREADS) * DELAY
"""Seconds: so many waves of 32 calls, the last one not full."""
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")


@contextmanager
def loopback(*, delay: float, text: str = "", slots: int = 1024) -> Iterator[str]:
    """The address of a server in another process, stopped at the end."""
    command = [
        sys.executable,
        "-m",
        "usersim_opt.models.loopback",
        "--delay",
        str(delay),
        "--slots",
        str(slots),
        *(["--text", text] if text else []),
    ]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        yield (server.stdout.readline() if server.stdout else "").strip()
    finally:
        server.communicate()


@cache
def examples() -> list[dspy.Example]:
    """The 200 scenarios of train and smoke."""
    data = uso.load_dataset(ROOT / "datasets" / "airline")
    return [*data.train, *data.smoke][:SCENARIOS]


def simulator(lm: dspy.LM) -> uso.UserSimulator:
    """The base prompt on a model."""
    return uso.UserSimulator(uso.read_prompt(ROOT / "optimized" / "airline" / "base.txt"), lm)


def jobs(sim: uso.UserSimulator, stage: str) -> list[Job]:
    """One job for each scenario."""
    return [
        Job(sim, e.task, e.record, "v000", stage, 0, job_seed(1, stage, e.record.id, 0))
        for e in examples()
    ]


def efficiencies(url: str, *, repeats: int) -> list[tuple[str, float]]:
    """(what, ideal time / median time) of each way to make the calls, taken in turn."""
    ways = {
        "our runner": ours(url),
        "our runner, every reply recorded": ours(url, record=True),
        "bare http.client threads": bare(url),
        "dspy.Evaluate, native engine": evaluated(url, "auto"),
        "dspy.Evaluate, LiteLLM": evaluated(url, "litellm"),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(repeats + 1):
        for name, call in ways.items():
            started = time.perf_counter()
            call(number)
            if number:  # the first one opens connections and loads modules
                times[name].append(time.perf_counter() - started)
    return [(name, IDEAL / statistics.median(seconds)) for name, seconds in times.items()]


def ours(url: str, *, record: bool = False) -> Callable[[int], object]:
    """The library's runner with the Ollama engine, checks graded; with `record` every outcome goes to a journal, too."""
    sim, runner = (
        simulator(uso.connect("ollama/user", api_base=url, temperature=0.9, num_ctx=16384)),
        Runner(uso.RubricMetric(), workers=THREADS),
    )
    journal = Journal.open(Path(tempfile.mkdtemp()), {}) if record else None

    def keep(outcome: uso.Outcome) -> None:
        if journal is not None:
            journal.append({"event": "outcome"} | outcome.model_dump(mode="json"))

    def call(number: int) -> None:
        failed = [
            outcome
            for outcome in runner.run(jobs(sim, f"{number}"), on_done=keep)
            if outcome.status == "error"
        ]
        if failed:
            raise RuntimeError(failed[0].why)

    return call


def bare(url: str) -> Callable[[int], object]:
    """Nothing but the standard library: a body of the same size, posted by 32 threads with kept-open connections."""
    local, pool, port = threading.local(), ThreadPoolExecutor(THREADS), urlsplit(url).port
    sim = simulator(dspy.LM("x/y"))
    bodies = [
        json.dumps(
            {
                "model": "user",
                "messages": [
                    {"role": "system", "content": sim.prompt.fill(e.scenario)},
                    *e.history.messages,
                ],
            }
        )
        for e in examples()
    ]

    def post(body: str) -> object:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port)
        local.connection.request(
            "POST", "/api/chat", body.encode(), {"Content-Type": "application/json"}
        )
        return json.loads(local.connection.getresponse().read())

    return lambda number: list(pool.map(post, bodies))


def evaluated(url: str, engine: str) -> Callable[[int], object]:
    """dspy.Evaluate with one of DSPy's own engines and a metric that does nothing."""
    base = f"{url}/v1" if engine == "auto" else url
    lm = dspy.LM(
        "ollama_chat/user",
        api_base=base,
        engine=engine,
        temperature=0.9,
        cache=False,
        api_key="none",
    )
    run = dspy.Evaluate(
        devset=examples(),
        metric=lambda example, prediction, trace=None: 1.0,
        num_threads=THREADS,
        max_errors=1,
    )
    sim = simulator(lm)
    return lambda number: run(sim)


def shared_prefix(url: str) -> float:
    """Share of the characters of each call that the call before it began with, in the order in which our runner sends them."""
    sim = simulator(uso.connect("ollama/user", api_base=url))
    texts = [sim.prompt.fill(job.task.story) for job in jobs(sim, "prefix")]
    shares = [
        sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False))) / len(b)
        for a, b in pairwise(texts)
    ]
    return statistics.mean(shares)


def memory(url: str) -> float:
    """Megabytes that 5,000 calls add."""
    sim = simulator(uso.connect("ollama/user", api_base=url))
    with Runner(uso.RubricMetric(), workers=THREADS) as runner:
        runner.run(jobs(sim, "warm"))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for number in range(5_000 // SCENARIOS):
            runner.run(jobs(sim, f"{number}"))
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def imports() -> tuple[float, str]:
    """Median seconds of `import usersim_opt` in a fresh interpreter, and which heavy modules it loads."""
    code = "import time; t = time.perf_counter(); import usersim_opt, sys; print(time.perf_counter() - t, sorted({'dspy', 'litellm', 'numpy'} & set(sys.modules)))"
    lines = [
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
        for _ in range(5)
    ]
    return statistics.median(float(line.split()[0]) for line in lines), lines[0].partition(" ")[
        2
    ].strip()


def page(
    rows: list[tuple[str, float]], *, shared: float, memory: float, imports: tuple[float, str]
) -> str:
    """The section of docs/benchmarks.md as Markdown."""
    table = grid(["way", "efficiency"], [[name, f"{value:.2f}"] for name, value in rows])
    seconds, loaded = imports
    journal = rows[0][1] / rows[1][1] - 1
    return f"""## The runner

Made by `.venv/bin/python benchmarks/bench_harness.py` on {os.cpu_count()} cores: a loopback server in another process answers each call
after {1000 * DELAY:.0f} ms; {SCENARIOS} scenarios, {THREADS} calls at a time, medians of 5 after a warm-up, all in one run. Efficiency is
ideal time / measured time; ideal are {-(-SCENARIOS // THREADS)} waves of {1000 * DELAY:.0f} ms, {1000 * IDEAL:.0f} ms. Client, server and
whatever else runs share the cores, so these are lower bounds.

```
{table}
```

| figure | measured | wanted |
|---|---|---|
| efficiency of our runner | {rows[0][1]:.2f} | 0.90, and above the others |
| `import usersim_opt` | {seconds:.3f} s, of dspy, litellm and numpy it loads {loaded} | 0.25 s, none |
| memory that 5,000 calls add | {memory:.0f} MB | 60 MB |
| time that recording every reply adds | {100 * journal:.1f} % | 3 % |
| share of a call that the call before it began with | {100 * shared:.0f} % | as much as the fixed prompt is long |
"""
