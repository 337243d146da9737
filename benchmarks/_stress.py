"""Runs of optimize.py against a loopback server in another process, killed at random moments."""

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

from _journals import read_events

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
    """Calls of the jobs that were under way at the kills, at the most.

    In each thread that is one call to the user model and one to the judge.
    """

    @property
    def as_it_should_be(self) -> bool:
        """Same winner, same record, and no call made twice but those in flight."""
        return self.same_prompt and self.same_record and 0 <= self.repeated <= self.allowed


@contextmanager
def serving() -> Iterator[Server]:
    """The offline stand-ins as Ollama models."""
    command = [sys.executable, "-m", "usersim_opt.models.loopback", "--delay", "0.002"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=ENVIRONMENT
    ) as process:
        try:
            server = Server((process.stdout.readline() if process.stdout else "").strip())
            yield server
            server.counted |= json.loads(process.communicate(timeout=SECONDS)[0])
        finally:
            process.kill()


def whole_run(folder: Path, *, max_calls: int) -> Whole:
    """Run without interruption."""
    with serving() as server:
        _run_to_the_end(_command(folder, "whole", server.url, max_calls), folder)
    with serving() as other:
        command = _command(folder, "whole", other.url, max_calls)
        _run_to_the_end(_resumed(command, folder / "whole"), folder)
    lines = record(folder / "whole")
    return Whole(
        max_calls=max_calls,
        prompt=(folder / "whole.txt").read_bytes(),
        record=lines,
        looks_first=server.counted["calls"] - paid(lines),
        looks_again=other.counted["calls"],
    )


def killed_run(folder: Path, whole: Whole, *, kills: int, draw: random.Random) -> Killed:
    """Kill at random moments, resume each time, and let the last one finish."""
    name = f"killed-{draw.getrandbits(32):08x}"
    done = 0
    with serving() as server:
        command = _command(folder, name, server.url, whole.max_calls)
        while done < kills and _kill_once(_resumed(command, folder / name), folder / name, draw):
            done += 1
        _run_to_the_end(_resumed(command, folder / name), folder)
    lines = record(folder / name)
    looks = whole.looks_first + done * whole.looks_again
    return Killed(
        kills=done,
        same_prompt=(folder / f"{name}.txt").read_bytes() == whole.prompt,
        same_record=lines == whole.record,
        repeated=server.counted["calls"] - looks - paid(lines),
        allowed=2 * THREADS * done,
    )


def _run_to_the_end(command: list[str], folder: Path) -> None:
    """Raise TimeoutExpired or CalledProcessError of subprocess if it comes to no good end."""
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        cwd=folder,
        env=ENVIRONMENT,
    )


def _kill_once(command: list[str], run_dir: Path, draw: random.Random) -> bool:
    """Start a run and kill it after some more lines of its record; False if it was faster."""
    nowhere = subprocess.DEVNULL
    lines = _lines(run_dir) + draw.randint(1, 60)
    with subprocess.Popen(
        command, stdin=nowhere, stdout=nowhere, stderr=nowhere, cwd=run_dir.parent, env=ENVIRONMENT
    ) as process:
        try:
            _wait_for_lines(process, run_dir, lines)
            time.sleep(draw.random() * 0.004)
            return process.poll() is None
        finally:
            process.kill()


def paid(record: list[str]) -> int:
    """Calls that a record holds."""
    events = [json.loads(line) for line in record]
    replies = sum(sum(e["calls"].values()) for e in events if e["event"] == "outcome")
    return replies + sum(e["event"] == "proposal" for e in events)


def record(run_dir: Path) -> list[str]:
    """The journal without times, in an order that threads do not change."""
    return sorted(json.dumps({**e, "at": None}, sort_keys=True) for e in read_events(run_dir))


def _command(folder: Path, name: str, url: str, max_calls: int) -> list[str]:
    command = [sys.executable, str(ROOT / "programs" / "optimize.py")]
    for role in ("user", "judge", "proposer"):
        command += [f"--{role}-lm", f"ollama/{role}", f"--{role}-options", f"api_base={url}"]
    command += ["--run-dir", str(folder / name), "--out", str(folder / f"{name}.txt")]
    # Uses of one split count together; a run that is killed must be the same as one that is not.
    command += ["--ledger", str(folder / f"{name}.uses.jsonl")]
    return [*command, "--max-calls", str(max_calls), "--threads", str(THREADS)]


def _resumed(command: list[str], run_dir: Path) -> list[str]:
    return [*command, "--resume"] if _lines(run_dir) else command


def _lines(run_dir: Path) -> int:
    journal = run_dir / "journal.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def _wait_for_lines(process: "subprocess.Popen[bytes]", run_dir: Path, lines: int) -> None:
    latest = time.monotonic() + SECONDS
    while process.poll() is None and _lines(run_dir) < lines:
        if time.monotonic() > latest:
            raise TimeoutError(
                f"{run_dir}: has {_lines(run_dir)} of {lines} lines after {SECONDS} s; "
                "see what the run waits for"
            )
        time.sleep(0.002)
