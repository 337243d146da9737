"""What bench_harness measures, a function for each figure."""

import http.client
import json
import math
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
from _bench_page import filled

import usersim_opt as uso
from usersim_opt.basics.layout import grid
from usersim_opt.measuring.job import Job
from usersim_opt.measuring.runner import Runner
from usersim_opt.results.journal import Journal
from usersim_opt.scenarios.material import ScenarioSet

ROOT = Path(__file__).resolve().parent.parent
SCENARIOS, THREADS, DELAY = 200, 32, 0.05
MANY_CALLS = 5_000
"""Calls after which the memory is measured."""
WAVES = math.ceil(SCENARIOS / THREADS)
"""Rounds of 32 calls at a time; the last one is not full."""
IDEAL = WAVES * DELAY
"""Seconds that no client can beat: every wave takes the server's delay."""
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")


@contextmanager
def loopback(*, delay: float, text: str = "", slots: int = 1024) -> Iterator[str]:
    """The address of a server in another process, stopped at the end."""
    command = [sys.executable, "-m", "usersim_opt.models.loopback"]
    command += ["--delay", str(delay), "--slots", str(slots)]
    command += ["--text", text] if text else []
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
    data = ScenarioSet.of(examples(), name="examples")
    return [
        Job.of(sim, data, scenario, version="v000", stage=stage, repeat=0, run_seed=1)
        for scenario in data.scenarios
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
    """The library's runner with the Ollama engine; the checks grade.

    With `record` every outcome is written to a journal as well.
    """
    lm = uso.connect("ollama/user", api_base=url, temperature=0.9, num_ctx=16384)
    sim, runner = simulator(lm), Runner(uso.RubricMetric(), workers=THREADS)
    journal = Journal.open(Path(tempfile.mkdtemp()), {}) if record else None

    def write(outcome: uso.Outcome) -> None:
        if journal is not None:
            journal.append({"event": "outcome"} | outcome.model_dump(mode="json"))

    def call(number: int) -> None:
        outcomes = runner.run(jobs(sim, f"{number}"), on_done=write)
        failed = [outcome for outcome in outcomes if outcome.status == "error"]
        if failed:
            raise RuntimeError(failed[0].why)

    return call


def bare(url: str) -> Callable[[int], object]:
    """Nothing but the standard library, posting bodies of the same size.

    Each of the 32 threads has a connection of its own and leaves it open.
    """
    local, pool, port = threading.local(), ThreadPoolExecutor(THREADS), urlsplit(url).port
    headers = {"Content-Type": "application/json"}

    def post(body: bytes) -> object:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port)
        local.connection.request("POST", "/api/chat", body, headers)
        return json.loads(local.connection.getresponse().read())

    bodies = _bodies()
    return lambda number: list(pool.map(post, bodies))


def _bodies() -> list[bytes]:
    """The requests of our runner as Ollama is sent them, without options."""
    prompt = simulator(dspy.LM("x/y")).prompt
    bodies = []
    for e in examples():
        system = {"role": "system", "content": prompt.fill(e.scenario)}
        body = {"model": "user", "messages": [system, *e.history.messages]}
        bodies.append(json.dumps(body).encode())
    return bodies


def evaluated(url: str, engine: str) -> Callable[[int], object]:
    """dspy.Evaluate with one of DSPy's own engines and a metric that does nothing."""
    lm = dspy.LM(
        "ollama_chat/user",
        api_base=f"{url}/v1" if engine == "auto" else url,
        engine=engine,
        temperature=0.9,
        cache=False,
        api_key="none",
    )
    evaluate = dspy.Evaluate(
        devset=examples(),
        metric=lambda example, prediction, trace=None: 1.0,
        num_threads=THREADS,
        max_errors=1,
    )
    sim = simulator(lm)
    return lambda number: evaluate(sim)


def shared_prefix(url: str) -> float:
    """Share of the characters of a call with which the call before it began as well.

    A server that keeps what it has read of the last prompt reads only the rest. The calls are in
    the order in which our runner sends them.
    """
    sim = simulator(uso.connect("ollama/user", api_base=url))
    texts = [sim.prompt.fill(job.task.story) for job in jobs(sim, "prefix")]
    return statistics.mean(_common(a, b) / len(b) for a, b in pairwise(texts))


def _common(first: str, second: str) -> int:
    """Characters with which both texts begin."""
    pairs = zip(first, second, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def memory(url: str) -> float:
    """Megabytes that 5,000 calls add."""
    sim = simulator(uso.connect("ollama/user", api_base=url))
    with Runner(uso.RubricMetric(), workers=THREADS) as runner:
        runner.run(jobs(sim, "warm"))
        before = _peak_memory()
        for number in range(MANY_CALLS // SCENARIOS):
            runner.run(jobs(sim, f"{number}"))
    return _peak_memory() - before


def _peak_memory() -> float:
    """The most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


IMPORT = """\
import time
started = time.perf_counter()
import usersim_opt, sys
heavy = {'dspy', 'litellm', 'numpy'} & set(sys.modules)
print(time.perf_counter() - started, sorted(heavy))
"""


def imports() -> tuple[float, str]:
    """Median seconds of `import usersim_opt` in a fresh interpreter, and its heavy modules."""
    command = [sys.executable, "-c", IMPORT]
    lines = [
        subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
        for _ in range(5)
    ]
    seconds = statistics.median(float(line.split()[0]) for line in lines)
    return seconds, lines[0].partition(" ")[2].strip()


PAGE = """\
## The runner

Made by `.venv/bin/python benchmarks/bench_harness.py` on {cores} cores: a loopback server in
another process answers each call after {delay} ms; {scenarios} scenarios, {threads} calls at a
time, medians of 5 after a warm-up, all in one run. Efficiency is ideal time / measured time; ideal
are {waves} waves of {delay} ms, {ideal} ms. Client, server and whatever else runs share the cores,
so these are lower bounds.

```
{table}
```

| figure | measured | wanted |
|---|---|---|
| efficiency of our runner | {ours} | 0.90, and above the others |
| `import usersim_opt` | {import} s, of dspy, litellm and numpy it loads {heavy} | 0.25 s, none |
| memory that 5,000 calls add | {memory} MB | 60 MB |
| time that recording every reply adds | {journal} % | 3 % |
| share of a call that the call before it began with | {shared} % | the prompt's share |
"""


def page(
    rows: list[tuple[str, float]], *, shared: float, memory: float, imports: tuple[float, str]
) -> str:
    """The section of docs/benchmarks.md as Markdown."""
    (_, plain), (_, recorded), *_ = rows
    seconds, heavy = imports
    figures = {
        "cores": str(os.cpu_count()),
        "delay": f"{1000 * DELAY:.0f}",
        "scenarios": str(SCENARIOS),
        "threads": str(THREADS),
        "waves": str(WAVES),
        "ideal": f"{1000 * IDEAL:.0f}",
        "table": grid(["way", "efficiency"], [[name, f"{value:.2f}"] for name, value in rows]),
        "ours": f"{plain:.2f}",
        "import": f"{seconds:.3f}",
        "heavy": heavy,
        "memory": f"{memory:.0f}",
        "journal": f"{100 * (plain / recorded - 1):.1f}",
        "shared": f"{100 * shared:.0f}",
    }
    return filled(PAGE, figures)
