"""Whole runs between equal prompts: drafts, searches, locked servers, gates of one's own."""

import json
import tempfile
from pathlib import Path

from _bench_proposer import Proposer
from _bench_toys import TOY_PROMPT, ToyUser
from _bench_worlds import world
from _bench_worth import HARMFUL, RULES, SENTENCES, WORTHS
from _false_ships_trial import OpenGate, Trial, told
from _false_ships_ways import Family, Tried, Way
from _false_ships_world import Asked, Customer, WordJudge, fair, model

import usersim_opt as uso
from usersim_opt.basics.figures import many

TOY = WORTHS["toy"]
METRIC = uso.RubricMetric(WordJudge())
HELPFUL = "".join(f"\n- {sentence}" for sentence in SENTENCES[:6] if sentence not in HARMFUL)
WHOLE = TOY_PROMPT.replace("\n\n{scenario}", f"{HELPFUL}\n\n{{scenario}}")
"""A prompt of eight pieces, of which six are worth 5 points each."""
MARGIN = 0.1


def searched(number: int) -> Tried:
    """A whole search between equal prompts, with all gates as they are."""
    data = world("toy-aa")
    with tempfile.TemporaryDirectory() as folder:
        optimizer = uso.RubricOptimizer(
            metric=METRIC,
            proposer_lm=model(Proposer(toy=True)),
            run_dir=Path(folder) / "run",
            max_calls=500,
            seed=number,
            workers=1,
        )
        optimizer.despite_ceiling = True
        student = uso.UserSimulator(TOY_PROMPT, model(ToyUser(TOY, aa=True)))
        best = optimizer.compile(student, trainset=data.train, valset=data.smoke)
        return told(best.result)


def ablated(number: int) -> Tried:
    """Whether `uso.ablate` gives a shorter prompt that is truly worse by more than its margin."""
    whole = uso.UserSimulator(WHOLE, model(ToyUser(TOY, aa=False)))
    data = world("toy").train
    found = uso.ablate(whole, data, METRIC, max_calls=800, margin=MARGIN, seed=number, workers=1)
    loss = quality(WHOLE) - quality(found.short.text)
    dropped = many(len(found.dropped), "piece")
    return Tried(loss > MARGIN, f"{dropped} left out, {100 * loss:.0f} points truly lost")


def quality(prompt: str) -> float:
    """The true pass rate over all words."""
    return sum(TOY.chance(prompt, word) for word in RULES) / len(RULES)


def locked(number: int) -> Tried:
    """A server that gives one reply to a prompt and a scenario, whatever the seed."""
    return Trial(engine=Customer(fair, lock=f"lock {number}"))(number)


def in_turn(number: int) -> Tried:
    """Eight drafts on one smoke split, counted in one ledger."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "uses.jsonl"
        tried = [Trial(ledger=ledger)(100 * number + draft) for draft in range(8)]
        last = json.loads(ledger.read_text(encoding="utf-8").splitlines()[-1])
    is_false = any(each.is_false for each in tried)
    return Tried(is_false, f"use {last['number']} was decided at {last['level']:.3g}")


def straw(asked: Asked) -> str:
    """The first prompt is made poor on purpose; the draft is as good as any."""
    return asked.said(0.4 if asked.is_new else 0.15)


def perfect(asked: Asked) -> str:
    """Everything is passed under both prompts."""
    return asked.said(1.0)


WAYS = Family(
    "Whole runs",
    [
        Way("equal draft", "all gates before the smoke split let it through", Trial(), 10),
        Way("search between equals", "a whole run of compile, 500 calls", searched, 4),
        Way("drafts in turn", "8 equal drafts, one ledger", in_turn),
        Way("locked server", "one reply to a prompt, whatever the seed", locked, 8),
        Way("criteria that anyone passes", "both prompts pass everything", Trial(speak=perfect)),
        Way("base of straw", "a poor first prompt; the draft is ordinary", Trial(speak=straw)),
        Way("gate of one's own", "it accepts everything", Trial(gate=OpenGate())),
        Way(
            "ablation", "six of eight pieces are worth 5 points each, the margin is 10", ablated, 3
        ),
    ],
)
