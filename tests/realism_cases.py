"""Conversations, entries and the golden data for the tests of realism."""

import json
from pathlib import Path

GOLDEN = json.loads(
    Path(__file__).with_name("realism").joinpath("usi_golden.json").read_text(encoding="utf-8")
)
"""Conversations of our own with the figures of the published scorer."""


def said(*texts):
    """A conversation in which the customer says these."""
    pairs = [
        [{"role": "assistant", "content": "And then?"}, {"role": "user", "content": text}]
        for text in texts
    ]
    return [message for pair in pairs for message in pair]


def entry(*texts, reward=1.0, **fields):
    """An entry of a file in which the customer says these."""
    return {"conversation": said(*texts), "reward": reward, **fields}


def survey(**answers):
    """A survey by field."""
    return {field: {"question": "?", "answer": answer} for field, answer in answers.items()}
