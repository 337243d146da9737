"""A small world to be reviewed: a data set in a folder, and replies of two prompts that are graded.

The judge finds every reply of `new` rude and every one of `old` calm, so `old` is ahead.
"""

from pathlib import Path

from helpers import CRITERION, scenario
from journals import read_events, write_events

from usersim_opt.basics.files import write_yaml
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.measuring.recorded.origin import Origin
from usersim_opt.results.record import DATA_FILE
from usersim_opt.scenarios.dataset import load_dataset, scenario_data

CALM = {"id": "calm", "dimension": "error_reaction.emotional_pattern", "text": "It is calm."}
STORY = "You are Ada Moor, you want to fly on Thursday and you keep your reasons to yourself."
IDS = [f"00{number}.3" for number in range(1, 7)]


def made_dataset(folder: Path, criteria=(CRITERION, CALM)):
    """Write six tasks with a scenario each; the data set as it loads."""
    for name in IDS:
        task = {"id": name[:3], "domain": "air", "source": "own", "story": STORY}
        write_yaml(folder / "tasks" / f"{name[:3]}.yaml", task)
        made = scenario(name, criteria=list(criteria))
        write_yaml(folder / "scenarios" / f"{name}.yaml", scenario_data(made))
    tasks = [name[:3] for name in IDS]
    splits = {"train": tasks[:4], "smoke": tasks[4:], "test": []}
    write_yaml(folder / "splits.yaml", splits)
    return load_dataset(folder)


def graded(name, version, reply, *, calm, by="judge", repeat=0):
    """A reply that is short, and calm or not."""
    verdicts = (
        Verdict(criterion="short", outcome="pass", evidence="2 words", source="check"),
        Verdict(
            criterion="calm", outcome="pass" if calm else "fail", evidence=f"on {reply}", source=by
        ),
    )
    return Outcome(
        scenario=name,
        version=version,
        stage="evaluate",
        repeat=repeat,
        status="scored",
        reply=reply,
        grade=Grade(scenario=name, verdicts=verdicts),
        calls={"user": 1, "judge": 1},
    )


def saved(dataset, folder: Path):
    """The files of two evaluations: of `old`, all calm to the judge, and of `new`, none of it."""
    files = []
    for version, calm in (("old", True), ("new", False)):
        outcomes = [graded(name, version, f"{version} {name}", calm=calm) for name in IDS]
        evaluation = Evaluation(
            dict(dataset.scenarios),
            outcomes,
            origin=Origin(name=version, models={"judge": "openai/judge"}),
        )
        files.append(evaluation.save(folder / f"{version}.jsonl"))
    return files


def short_run(run: Path, to: Path):
    """A copy of a run up to an early accept, for whoever would wait for the whole."""
    to.mkdir()
    (to / DATA_FILE).write_bytes((run / DATA_FILE).read_bytes())
    events = read_events(run)
    last = next(n for n, event in enumerate(events) if _accepts(event, events))
    write_events(to, events[: last + 1])
    return to


def _accepts(event, events):
    """Whether a version was accepted, on replies in which the judge tells it from the other."""
    if event.get("event") != "decision" or not event["accepted"] or event["stage"] == "smoke":
        return False
    told = {name: {} for name in (event["candidate"], event["incumbent"])}
    for each in events:
        if each.get("stage") == event["stage"] and each.get("grade") and each["version"] in told:
            key = each["scenario"], each["repeat"]
            told[each["version"]][key] = [
                (verdict["criterion"], verdict["outcome"])
                for verdict in each["grade"]["verdicts"]
                if verdict["source"] == "judge"
            ]
    one, other = told.values()
    return any(one[key] != other[key] for key in one.keys() & other.keys())
