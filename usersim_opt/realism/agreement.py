"""Evaluative agreement: whether the simulator judges the agent as people do.

    per entry 100 (1 - mean over fields of |human - simulator|), answers on a scale of 0 to 1

A field that people left out is skipped. One that the simulator left out gets a random valid answer
from a seeded generator, as in the published scorer (arXiv 2603.11245), so that silence is no gain.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from usersim_opt.realism.entries import Entries, EntryFile, batch_of, entries_of
from usersim_opt.realism.questions import SURVEY, Question

SEED = 42
"""The seed of the published scorer; every simulator has a generator of its own."""

Answers = Mapping[str, str]
"""Answers by field."""
Agreement = dict[str, float]
"""The agreement on a conversation, 0 to 100, by id without the annotator's end."""


def batch_agreements(batches: list[Entries], survey: EntryFile) -> list[Agreement]:
    """The agreement of a simulator's survey with each batch of people.

    The ids of `survey` have the annotators' ends, as people's have: it rates the conversations of
    people. InputError for a survey that is none.
    """
    theirs = entries_of(survey, where="model_survey")
    generator = np.random.default_rng(SEED)
    found = []
    for number, batch in enumerate(batches, start=1):
        answers = {batch_of(name): entry.answers for name, entry in theirs.items()}
        rated = {name: each for (name, end), each in answers.items() if end == f"_ann{number}"}
        # The generator is consumed in the order of the ids without the annotator's end.
        found.append(dict(_agreements(batch, dict(sorted(rated.items())), generator)))
    return found


def rerated_agreement(batch: Entries, rerated: EntryFile) -> Agreement:
    """The agreement of people who rated conversations again with the first batch."""
    theirs = entries_of(rerated, where="human_rerated")
    rated = {batch_of(name)[0]: entry.answers for name, entry in theirs.items()}
    generator = np.random.default_rng(SEED)
    return dict(_agreements(batch, rated, generator))


def _agreements(
    batch: Entries, rated: Mapping[str, Answers], generator: np.random.Generator
) -> Iterator[tuple[str, float]]:
    """The agreement on each conversation of the batch, where people answered anything."""
    for name, answers in rated.items():
        if name in batch and batch[name].kept:
            distances = list(_distances(batch[name].answers, answers, generator))
            if distances:
                yield name, 100 * (1 - sum(distances) / len(distances))


def _distances(people: Answers, model: Answers, generator: np.random.Generator) -> Iterator[float]:
    for field, question in SURVEY.items():
        human = question.answers.get(people.get(field, ""))
        if human is not None:
            ordinal = _answered(question, model.get(field, ""), generator)
            yield abs(question.value(human) - question.value(ordinal))


def _answered(question: Question, answer: str, generator: np.random.Generator) -> int:
    ordinal = question.answers.get(answer)
    return int(generator.choice(question.ordinals)) if ordinal is None else ordinal
