"""Small makers of records and scripted models, so that a test reads as one sentence."""

import asyncio
import itertools
import json
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import dspy
from dspy.lm15 import Message, Response, TextPart, Usage
from journals import read_events

import usersim_opt as uso
from usersim_opt.measuring.judge import AGAIN
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.scenarios.dataset import Dataset
from usersim_opt.scenarios.records import Scenario, Task

CRITERION = {
    "id": "short",
    "dimension": "communication_style.shortness",
    "text": "At most five words.",
    "check": {"max_words": 5},
}


def scenario(name="001.3", **changes):
    """A valid scenario; `changes` replace fields of its file form."""
    types = (
        "initial_request",
        "detail_elicitation",
        "wrong_assumption",
        "uncertainty_or_sensitive_info",
        "error_or_repair",
    )
    criteria = changes.get("criteria") or [CRITERION]
    data = {
        "id": name,
        "type": types[int(name[-1]) - 1],
        "stresses": ["communication_style"],
        "history": [{"agent": "Hello, what is it about?"}],
        "criteria": [CRITERION],
        "examples": {
            "pass": ["no, thursday"],
            "fail": {
                "reply": "I would like to fly on Thursday, please.",
                "fails": [criteria[0]["id"]],
            },
        },
    }
    return Scenario.model_validate(data | changes)


def small_dataset(**changes):
    """Ten tasks of a line each, with a scenario of which `changes` replace fields."""
    names = [f"{number:03}" for number in range(1, 11)]
    tasks = {
        name: Task(id=name, domain="airline", source="test", story=f"You missed flight {name}.")
        for name in names
    }
    made = [scenario(f"{name}.3", **changes).of_task(tasks[name]) for name in names]
    scenarios = {each.id: each for each in made}
    splits = {"train": tuple(names[:4]), "smoke": tuple(names[4:]), "test": ()}
    return Dataset(tasks, scenarios, splits)


def outcome(name, passed, scored, version="v000", repeat=0, status="scored"):
    """An outcome with `passed` of `scored` criteria passed."""
    verdicts = [
        Verdict(
            criterion=f"c{i}", outcome="pass" if i < passed else "fail", evidence="", source="check"
        )
        for i in range(scored)
    ]
    grade = Grade(scenario=name, verdicts=tuple(verdicts)) if status == "scored" else None
    return Outcome(
        scenario=name,
        version=version,
        stage="s",
        repeat=repeat,
        status=status,
        grade=grade,
        calls={"user": 1, "judge": 0},
    )


def awaited(coroutine):
    """What a coroutine gives, run in a thread of its own.

    asyncio.run forgets the thread's event loop, one that a library has opened included; in the
    thread of the tests that would be an unclosed loop, blamed on whichever test comes next.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(copy_context().run, asyncio.run, coroutine).result()


class ScriptedEngine:
    """Answers requests from a list or a function; keeps what it was sent."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []

    def __deepcopy__(self, memo):
        return self

    def complete(self, request):
        self.requests.append(request)
        text = (
            self.answers[0](request)
            if callable(self.answers[0])
            else self.answers.pop(0)
            if len(self.answers) > 1
            else self.answers[0]
        )
        if isinstance(text, Exception):
            raise text
        usage = Usage(input_tokens=1, output_tokens=1, total_tokens=2)
        return Response(
            id=None,
            model=request.model,
            message=Message.assistant([TextPart(text)]),
            finish_reason="stop",
            usage=usage,
        )


def scripted(*answers):
    """A dspy.LM on a ScriptedEngine, and the engine."""
    engine = ScriptedEngine(*answers)
    return dspy.LM("scripted/model", engine=engine, cache=False, num_retries=0), engine


def stumbling(every, *, mends=False):
    """A stand-in judge that gives no JSON for every so many replies, and its engine.

    Where it `mends` itself, it does so only when it is asked for the first time.
    """

    def stumbles(asked, again):
        return zlib.crc32(asked["reply"].encode()) % every == 0 and not (mends and again)

    return _stumbling(stumbles)


def stumbling_at(examples):
    """A stand-in judge that gives no JSON for one example whatever the reply, and its engine.

    It is the first of the examples that needs a judge at all.
    """
    records = [example.record for example in examples]
    needy = (r for r in records if any(c.check is None for c in r.scored_criteria))
    turn = {"agent": next(needy).history[-1].text}
    return _stumbling(lambda asked, again: asked["conversation"][-1] == turn)


def _stumbling(stumbles):
    judge = uso.connect("offline/judge")

    def answer(request):
        block, again, _ = request.messages[0].text.partition(AGAIN)
        asked = json.loads(block.partition("<material>")[2].partition("</material>")[0])
        return "Hm, no." if stumbles(asked, again) else judge(block)[0]

    return scripted(answer)


def events(run_dir):
    """The journal without times, in an order that threads do not change."""
    return sorted(
        json.dumps({key: value for key, value in event.items() if key != "at"}, sort_keys=True)
        for event in read_events(run_dir)
    )


def until(condition):
    """Wait for what comes soon, on a loaded machine within a minute; whether it came."""
    for _ in range(6000):
        if condition():
            return True
        time.sleep(0.01)
    return False


class StoppedThreads(ThreadPoolExecutor):
    """Threads for jobs of which most are to be dropped.

    All but the first replies wait until the jobs that wait have been dropped. So a test sees
    whether they are dropped, and not whether that was faster than the replies.
    """

    def __init__(self, workers, *, free):
        super().__init__(workers)
        self._free, self._numbers = free, itertools.count(1)
        self._futures, self._holds = [], True

    def submit(self, *args):
        self._futures.append(super().submit(*args))
        return self._futures[-1]

    def hold(self):
        """Called by each reply; were the jobs never dropped, all go on and a test can count."""
        if next(self._numbers) > self._free and self._holds:
            self._holds = until(self._last_was_dropped)

    def _last_was_dropped(self):
        return self._futures[-1].cancelled()
