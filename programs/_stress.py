"""Runs of optimize.py against a loopback Ollama server in another process, killed at random moments."""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
THREADS = 4
SECONDS = 500
"""The longest that one start of a run may take; one that hangs is ended, with an error."""
ENVIRONMENT = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}


@dataclass
class Server:
    """A running server: its address, and after it has stopped what it counted."""

    url: str
    counted: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Whole:
    """What an uninterrupted run came to."""

    max_calls: int
    prompt: bytes
    record: list[str]
    looks_first: int
    """Calls that the first start makes before the run: preflight, and four timed replies."""
    looks_again: int
    """Calls that a start with --resume makes before it goes on: preflight."""


@dataclass(frozen=True)
class Killed:
    """What a killed and resumed run came to, against the whole one."""

    kills: int
    same_prompt: bool
    same_record: bool
    repeated: int
    allowed: int
    """Calls of the jobs that were under way at the kills, at the most: one to the user model and one to the judge in each thread."""

    @property
    def as_it_should_be(self) -> bool:
        """Same winner, same record, and no call made twice but those in flight."""
        return self.same_prompt and self.same_record and 0 <= self.repeated <= self.allowed


@contextmanager
def serving() -> Iterator[Server]:
    """The offline stand-ins as Ollama models."""
    command = [sys.executable, "-m", "usersim_opt.testing", "--delay", "0.002"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=ENVIRONMENT) as process:
        try:
            server = Server((process.stdout.readline() if process.stdout else "").strip())
            yield server
            server.counted |= json.loads(process.communicate(timeout=SECONDS)[0])
        finally:
            process.kill()


def whole_run(folder: Path, *, max_calls: int) -> Whole:
    """Run without interruption."""
    with serving() as server:
        _finish(_command(folder, "whole", server.url, max_calls), folder)
    with serving() as other:
        _finish(_resumed(_command(folder, "whole", other.url, max_calls), folder / "whole"), folder)
    kept = record(folder / "whole")
    return Whole(max_calls, (folder / "whole.txt").read_bytes(), kept, server.counted["calls"] - paid(kept), other.counted["calls"])


def killed_run(folder: Path, whole: Whole, *, kills: int, draw: random.Random) -> Killed:
    """Kill at random moments, resume each time, and let the last one finish."""
    name = f"killed-{draw.getrandbits(32):08x}"
    done = 0
    with serving() as server:
        command = _command(folder, name, server.url, whole.max_calls)
        for _ in range(kills):
            if not _killed(_resumed(command, folder / name), folder, name, lines=draw.randint(1, 60), then=draw.random() * 0.004):
                break  # it was faster than the draw
            done += 1
        _finish(_resumed(command, folder / name), folder)
    kept = record(folder / name)
    return Killed(
        kills=done,
        same_prompt=(folder / f"{name}.txt").read_bytes() == whole.prompt,
        same_record=kept == whole.record,
        repeated=server.counted["calls"] - whole.looks_first - done * whole.looks_again - paid(kept),
        allowed=2 * THREADS * done,
    )


def paid(kept: list[str]) -> int:
    """Calls that a record holds."""
    events = [json.loads(line) for line in kept]
    return sum(e["user_calls"] + e["judge_calls"] for e in events if e["event"] == "outcome") + sum(e["event"] == "proposal" for e in events)


def record(run_dir: Path) -> list[str]:
    """The journal without times, in an order that threads do not change."""
    lines = (run_dir / "journal.jsonl").read_text().splitlines()
    return sorted(json.dumps({key: value for key, value in json.loads(line).items() if key != "at"}, sort_keys=True) for line in lines)


def _command(folder: Path, name: str, url: str, max_calls: int) -> list[str]:
    models = [part for role in ("user", "judge", "proposer") for part in (f"--{role}-lm", f"ollama/{role}", f"--{role}-options", f"api_base={url}")]
    run = ["--run-dir", str(folder / name), "--out", str(folder / f"{name}.txt"), "--max-calls", str(max_calls), "--threads", str(THREADS)]
    return [sys.executable, str(ROOT / "programs" / "optimize.py"), *models, *run]


def _resumed(command: list[str], run_dir: Path) -> list[str]:
    return [*command, "--resume"] if _lines(run_dir) else command


def _lines(run_dir: Path) -> int:
    journal = run_dir / "journal.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def _finish(command: list[str], folder: Path) -> None:
    """Run to the end; subprocess.TimeoutExpired or CalledProcessError if it does not come to one."""
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL, timeout=SECONDS, cwd=folder, env=ENVIRONMENT)


def _killed(command: list[str], folder: Path, name: str, *, lines: int, then: float) -> bool:
    """Run until the journal has so many lines more, kill it `then` seconds later; whether it was still running."""
    last, nowhere = _lines(folder / name) + lines, subprocess.DEVNULL
    with subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, cwd=folder, env=ENVIRONMENT) as process:
        try:
            _wait_for_lines(process, folder / name, last)
            time.sleep(then)
            return process.poll() is None
        finally:
            process.kill()


def _wait_for_lines(process: "subprocess.Popen[bytes]", run_dir: Path, lines: int) -> None:
    latest = time.monotonic() + SECONDS
    while process.poll() is None and _lines(run_dir) < lines:
        if time.monotonic() > latest:
            raise TimeoutError(f"{run_dir}: has {_lines(run_dir)} of {lines} lines after {SECONDS} s; see what the run waits for")
        time.sleep(0.002)
