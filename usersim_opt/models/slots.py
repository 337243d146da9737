"""How many answers an Ollama makes at a time, seen from what calls of one moment waited for.

A server does not say what OLLAMA_NUM_PARALLEL is. But of each answer it says how long it took in
all, and how long loading, reading and writing took; what is left is waiting for others.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import dspy

from usersim_opt.basics.asking import engine_of

ABREAST = 4
"""Tiny calls that are made at once."""
SPARE = 1
"""Calls under way beyond the slots, so that none of them idles between two answers."""
_TINY = [{"role": "user", "content": "Count from one to five."}]


def calls_at_a_time(lm: dspy.LM, *, usual: int) -> int:
    """How many calls to have under way: `usual`, or fewer where the hosts make them wait.

    It makes a few tiny calls of each host, which must have the model loaded. `usual` also where a
    host does not tell, and for models that are not in Ollama.
    """
    engine = engine_of(lm)
    hosts = getattr(getattr(engine, "pool", None), "hosts", ())
    slots = [_slots(engine, host) for host in hosts]
    if not slots or not all(0 < each < ABREAST for each in slots):
        return usual
    return min(usual, sum(slots) + SPARE * len(slots))


def _slots(engine: Any, host: str) -> int:
    """Of a few calls at once, those that waited for no other one; 0 where the host does not say."""
    # The client reads OLLAMA_HOST when it is imported.
    import httpx  # noqa: PLC0415 - as below
    import ollama  # noqa: PLC0415 - as above

    ask = partial(
        engine.client(host).chat,
        model=engine.model,
        messages=_TINY,
        options=engine.options | {"num_predict": 16},
        think=engine.think,
        keep_alive=engine.keep_alive,
    )
    try:
        with ThreadPoolExecutor(ABREAST) as pool:
            answers = list(pool.map(lambda _: ask(), range(ABREAST)))
    except (ollama.ResponseError, ConnectionError, httpx.HTTPError, ValueError):
        return 0
    return _unhindered(answers)


def _unhindered(answers: Sequence[Any]) -> int:
    """How many answers waited for less than half of their own work."""
    if not all(answer.total_duration for answer in answers):
        return 0
    works = [(each.prompt_eval_duration or 0) + (each.eval_duration or 0) for each in answers]
    waits = [
        answer.total_duration - (answer.load_duration or 0) - work
        for answer, work in zip(answers, works, strict=True)
    ]
    return sum(wait < work / 2 for wait, work in zip(waits, works, strict=True))
