"""The verdicts of docs/examples/judge_verdicts.jsonl as a judge that gives them again."""

import json
from collections import Counter
from dataclasses import replace

import dspy
from conftest import ROOT

import usersim_opt as uso
from usersim_opt.measuring.outcome import Verdict, missing_verdict
from usersim_opt.scenarios.dataset import example
from usersim_opt.scenarios.records import Examples, NearFailure

EXAMPLES = ROOT / "docs" / "examples"
ROWS = [json.loads(line) for line in (EXAMPLES / "judge_verdicts.jsonl").read_text().splitlines()]


class RecordedJudge:
    """Says what was recorded: in the order of the criteria, and in reverse; once each."""

    price, models = 1, ()
    name = "a strong hosted LLM, as recorded on 30 November 2026"

    def __init__(self, data):
        self._order = {
            name: [criterion.id for criterion in scenario.criteria]
            for name, scenario in data.scenarios.items()
        }
        self._rows = {(row["reply"], *sorted(row["first"])): row for row in ROWS}
        self._asked = Counter()

    def __call__(self, *, history, reply, criteria):
        ids = [criterion.id for criterion in criteria]
        row = self._rows[reply, *sorted(ids)]
        which = "first" if ids == self._order[row["scenario"]] else "reversed"
        self._asked[row["scenario"], reply, which] += 1
        if self._asked[row["scenario"], reply, which] > 1:  # it was not asked the same again
            return dspy.Prediction(verdicts=[missing_verdict(name, "not recorded") for name in ids])
        verdicts = [
            Verdict(
                criterion=name,
                outcome=row[which][name],
                evidence=row["evidence"].get(name, ""),
                source="judge",
            )
            for name in ids
        ]
        return dspy.Prediction(verdicts=verdicts)


def recorded_examples(data):
    """The scenarios that were judged, with the example replies that were."""
    return [
        example(data.tasks[name[:3]], _judged(data.scenarios[name]))
        for name in sorted({row["scenario"] for row in ROWS})
    ]


def _judged(scenario):
    rows = [row for row in ROWS if row["scenario"] == scenario.id]
    near = tuple(
        NearFailure(reply=row["reply"], fails=tuple(row["fails"]), fault="recorded")
        for row in rows
        if row["fails"]
    )
    natural = tuple(row["reply"] for row in rows if not row["fails"])
    examples = Examples(plain=natural, near=near)
    return scenario.model_copy(update={"examples": examples})


def recorded_card(data):
    """The card of the judge on these replies."""
    whole = replace(data, folder=None)
    return uso.calibrate_judge(RecordedJudge(whole), recorded_examples(whole), workers=1)
