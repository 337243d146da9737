"""A small world in which replies and whole conversations can differ: scripted customers by prompt.

Eight held-out tasks and six to train on, a scenario each. A customer's words hang on what its
prompt says and on whether a scenario or a conversation is under way.
"""

import itertools

import dspy
import pytest
from helpers import ScriptedEngine, scenario

import usersim_opt as uso
from usersim_opt.scenarios.dataset import example
from usersim_opt.scenarios.records import Task

FRAME = "You are a customer.\n\n- {words}\n\n<scenario>\n{scenario}\n</scenario>"
SEED, WORDY, PLAIN = "Speak.", "Be brief at first.", "Be brief always."
LONG = " ".join(itertools.repeat("and so on it went that day", 9))
"""Sixty words or so."""
PEOPLE = [[{"role": "user", "content": "i need it moved today"}] * 4]


def prompt(words):
    return FRAME.replace("{words}", words)


def of_tasks(numbers):
    """Examples of tasks, each with one scenario that at most five words satisfy."""
    return [_example(f"{number:03}") for number in numbers]


def _example(name):
    history = [{"agent": f"Hello, is it about order {name}?"}]
    story = f"You want order {name} moved to thursday."
    task = Task(id=name, domain="shop", source="test", story=story)
    return example(task, scenario(f"{name}.1", history=history))


TRAIN, SMOKE = of_tasks(range(1, 7)), of_tasks(range(11, 19))


class Customer(ScriptedEngine):
    """Keeps to five words in scenarios unless its prompt is the seed; wordy ones talk on later."""

    def __init__(self):
        super().__init__(self.answer)

    def answer(self, request):
        text = str(request)
        said = [message for message in request.messages if message.role == "user"][-1].text
        name = said.rpartition(" ")[2].strip("?")
        if said.startswith("Hello, is it"):
            return f"well I do think it is order {name}" if SEED in text else f"order {name}, yes"
        return f"{LONG} {name}" if WORDY in text else f"please move order {name} soon"


def customer():
    """A simulator with the seed prompt, and the engine behind it."""
    engine = Customer()
    lm = dspy.LM("scripted/customer", engine=engine, cache=False, num_retries=0)
    return uso.UserSimulator(prompt(SEED), lm), engine


def desk(history):
    """An agent that never says the same twice."""
    return f"Which one is number {len(history)}?"


class Given:
    """A search that measures given prompts once, the best one last."""

    name = "given"

    def __init__(self, *words):
        self.words = words

    def begin(self, seed, guard):
        self.best, self.finalists, self.done = seed, [], False

    def price(self, run, batch):
        return (1 + len(self.words)) * run.price(batch)

    def step(self, run, number, batch):
        parent = self.best
        versions = [
            run.add_version(uso.Prompt(prompt(words)), parent=parent.id) for words in self.words
        ]
        run.measure([parent, *versions], batch, stage=f"{number:03}.look")
        self.finalists, self.best, self.done = versions, versions[-1], True

    def close(self, run, number):
        pass


@pytest.fixture
def tuned_with(tmp_path):
    """Tunes in a folder by its name, which is left alone by the uses of others."""

    def tune(objective, *words, folder="run", simulator=None, max_calls=400):
        nobody = dspy.LM("scripted/nobody", engine=ScriptedEngine("never"), cache=False)
        optimizer = uso.RubricOptimizer(
            metric=uso.RubricMetric(),
            proposer_lm=nobody,
            run_dir=tmp_path / folder / "run",
            max_calls=max_calls,
            minibatch_size=6,
            search=Given(*(words or (WORDY,))),
            workers=1,
        )
        optimizer.objective = objective
        student = simulator or customer()[0]
        return optimizer.compile(student, trainset=TRAIN, valset=SMOKE).result

    return tune
