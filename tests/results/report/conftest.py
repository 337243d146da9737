"""Run folders for the tests of the page: a real one, and made ones of any size and any texts."""

import json
import shutil

import pytest
from helpers import CRITERION, scenario

from usersim_opt.basics.sealing import sealed
from usersim_opt.basics.text import sha256
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.results import journal
from usersim_opt.results.record import write_data
from usersim_opt.results.versions import Decision, Evidence, Version
from usersim_opt.scenarios.records import Task


@pytest.fixture(scope="session")
def finished(tuned, tuned_dir, tmp_path_factory):
    """The folder of a run that came to its end."""
    return shutil.copytree(tuned_dir, tmp_path_factory.mktemp("page") / "airline-run")


@pytest.fixture
def copied(finished, tmp_path):
    """A copy of that folder that a test may spoil."""
    return shutil.copytree(finished, tmp_path / "copied")


@pytest.fixture
def write_run(tmp_path):
    """Writes a finished run with given texts: write_run(text="...", versions=40, scenarios=200)."""

    def write(text="no, the other one", *, versions=3, scenarios=5, key="search"):
        folder = tmp_path / "made"
        made = _Texts(text, versions, scenarios)
        with journal.Journal.open(
            folder,
            {
                "model.user": "scripted/" + text,
                "model.judge": "scripted/judge",
                key: text,
                "seed": 6,
            },
        ) as log:
            for event in made.events():
                log._file.append(sealed(json.dumps(event)))
        scenarios = {record.id: record for record in made.scenarios}
        tasks = {
            record.task_id: Task(id=record.task_id, domain="d", source="s", story="x" + text)
            for record in made.scenarios
        }
        write_data(folder, scenarios=scenarios, tasks=tasks)
        return folder

    return write


class _Texts:
    """A run in which every text that comes from outside is the same one."""

    def __init__(self, text, versions, scenarios):
        self.text = text
        parts = [f"- Piece {n} of the prompt: {text[:2000]}" for n in range(versions + 2)]
        texts = ["You play.\n\n" + "\n".join(parts[: n + 2]) for n in range(versions)]
        self.versions = [
            Version(
                id=f"v{n:03}",
                text=t,
                sha256=sha256(t),
                parent="v000" if n else None,
                origin="proposal" if n else "seed",
            )
            for n, t in enumerate(texts)
        ]
        criteria = [
            CRITERION | {"id": f"c{n}", "text": f"{n}: {text}", "dimension": d}
            for n, d in enumerate(_DIMENSIONS)
        ]
        turns = [{"agent": "a" + text}, {"customer": "b" + text}] * 2 + [{"agent": "c" + text}]
        self.scenarios = [
            scenario(
                f"{n // 5 + 1:03}.{n % 5 + 1}",
                criteria=criteria,
                history=turns,
                examples={"pass": ["a"], "fail": {"reply": "b", "fails": ["c0"]}},
            )
            for n in range(scenarios)
        ]

    def events(self):
        seed, best = self.versions[0], self.versions[-1]
        for number, version in enumerate(self.versions, start=1):
            yield {"event": "version"} | version.model_dump(mode="json")
            yield from (
                self.outcome(version, record, f"{number:03}.sample", number)
                for record in self.scenarios
            )
            if number > 1:
                yield self.decision(version, seed, f"{number:03}.gate", "regression")
        yield {
            "event": "searched",
            "rounds": len(self.versions),
            "why": self.text[:500],
            "repeats": 2,
        }
        for version in (seed, best):
            yield from (
                self.outcome(version, record, "smoke", n, repeat=n)
                for record in self.scenarios
                for n in range(2)
            )
        yield self.decision(best, seed, "smoke", "smoke")
        yield {"event": "measured", "stage": "smoke"}

    def outcome(self, version, record, stage, luck, repeat=0):
        verdicts = [
            Verdict(
                criterion=c.id,
                outcome="fail" if (luck + k + int(record.id[:3])) % 3 == 0 else "pass",
                evidence=self.text,
                source="judge",
            )
            for k, c in enumerate(record.criteria)
        ]
        grade = Grade(scenario=record.id, verdicts=tuple(verdicts))
        made = Outcome(
            scenario=record.id,
            version=version.id,
            stage=stage,
            repeat=repeat,
            status="scored",
            reply=f"{self.text} {luck}",
            grade=grade,
            calls={"user": 1, "judge": 1},
            tokens={"user": 600, "judge": 400},
        )
        return {"event": "outcome"} | made.model_dump(mode="json")

    def decision(self, version, against, stage, rule):
        found = Evidence(
            gain=0.1,
            low=0.02,
            high=0.2,
            task_low=0.01,
            task_high=0.21,
            p_better=0.01,
            p_worse=0.99,
            scenarios=9,
            tasks=5,
            dropped=0,
            lost=0.0,
        )
        made = Decision(
            stage=stage,
            candidate=version.id,
            incumbent=against.id,
            rule=rule,
            accepted=True,
            reason=self.text,
            evidence=found,
        )
        return {"event": "decision"} | made.model_dump(mode="json")


_DIMENSIONS = (
    "communication_style.shortness",
    "information_pattern.front_loading",
    "clarification.pushback",
    "error_reaction.pivot_behavior",
    "guard.non_leakage",
)
