"""Many callers, and kills."""

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import _stress
from _attack_ways import Came, Family, Way

import usersim_opt as uso
from usersim_opt.testing import OllamaServer, chat_answer

CALLERS, CALLS, KILLS = 200, 1000, 6


def callers(folder: Path) -> Came:
    """A thousand calls by 200 callers at a time; each is to get its own answer."""
    with OllamaServer(lambda body: (200, chat_answer(body["messages"][-1]["content"]))) as server:
        lm = uso.connect("ollama/m", api_base=server.url)
        with ThreadPoolExecutor(CALLERS) as threads:
            answers = list(threads.map(lambda number: lm(f"n{number}")[0], range(CALLS)))
    wrong = sum(answer != f"n{number}" for number, answer in enumerate(answers))
    return Came(CALLS, wrong, "every caller got its own answer")


def killed(folder: Path) -> Came:
    """Runs that are killed at random moments and gone on with."""
    draw = random.Random(1)  # noqa: S311 - reproducible moments, nothing secret
    whole = _stress.whole_run(folder, max_calls=300)
    found = _stress.killed_run(folder, whole, kills=KILLS, draw=draw)
    said = "same winner, same record, no call paid twice but those under way"
    return Came(found.kills, 0 if found.as_it_should_be else found.kills, said)


WAYS = Family(
    "Load and kills",
    (
        Way("a thousand calls by 200 callers at a time", callers),
        Way("SIGKILL at random moments of a run", killed),
    ),
)
