import json
import re

import pytest
from guarded import broken
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import PromptError
from usersim_opt.basics.text import sha256

GOOD = """
- Write brief messages, rarely more than one line.
- Do not thank the agent, and leave out please and sorry.
- Write casually, the way people text; half sentences are fine.
- Do not repeat what you have already said.
- Do not confirm or acknowledge every step.
- If the agent gets something wrong, say no and correct it; never agree to a wrong plan.
- In the first message say only what you need, in general words; no details yet.
- Give only the detail that was asked for; add nothing on your own.
- Make one move per message: ask one thing or say one thing, then stop.
- Put the story into your own words; never recite its sentences.
- Never end the chat in the message that confirms: stay until the agent says it is done.
- If the agent's plan is what you want, say yes in a word and leave it at that.
- Keep alternatives to yourself until the agent has said that your first choice is impossible."""


@pytest.fixture
def optimizer(metric, tmp_path):
    nobody, engine = scripted("never asked")
    optimizer = uso.RubricOptimizer(
        metric=metric, proposer_lm=nobody, run_dir=tmp_path / "run", max_calls=1200, seed=6
    )
    yield optimizer
    assert not engine.requests


def grown(prompt, more):
    return prompt.text.replace("\n\n<scenario>", more + "\n\n<scenario>")


def test_a_good_draft_passes_both_gates_and_the_smoke_split(
    optimizer, simulator, airline, tmp_path
):
    draft = tmp_path / "draft.txt"
    draft.write_text(grown(simulator.prompt, GOOD))
    best = optimizer.consider(draft, simulator, trainset=airline.train, valset=airline.smoke)
    assert best.prompt.text == draft.read_text()
    assert best.result.finalist.origin == "draft"
    assert [d.rule for d in best.result.decisions] == ["improvement", "regression", "smoke"]
    assert all(d.accepted for d in best.result.decisions)
    assert best.result.run_dir.parent == tmp_path / "run"


def test_a_draft_is_recorded_measured_and_exported_under_one_digest(
    optimizer, simulator, airline, tmp_path
):
    """A line end too many is no part of the prompt, wherever its digest is taken."""
    text = grown(simulator.prompt, GOOD)
    best = optimizer.consider(
        uso.Prompt(text + "\n"), simulator, trainset=airline.train, valset=airline.smoke
    )
    exported = uso.export_prompt(best, tmp_path / "draft.txt")
    card = json.loads(exported.with_suffix(".json").read_text())
    digests = {
        "recorded": best.result.finalist.sha256,
        "measured": best.prompt.sha256,
        "exported": sha256(exported.read_text()),
        "card": card["sha256"],
    }
    assert set(digests.values()) == {sha256(text)}
    assert "This prompt was not measured" not in exported.with_suffix(".md").read_text()


def test_a_bad_draft_is_turned_away_on_evidence(optimizer, simulator, airline):
    bad = uso.Prompt(
        grown(
            simulator.prompt,
            (
                "\n- Accept whatever the agent proposes; trust the agent.\n- Give "
                "the agent all details in your first message, in full.\n- Always "
                "thank the agent."
            ),
        )
    )
    best = optimizer.consider(bad, simulator, trainset=airline.train, valset=airline.smoke)
    assert best.prompt == simulator.prompt
    (decision,) = [d for d in best.result.decisions if d.rule == "improvement"]
    assert not decision.accepted
    assert decision.evidence.scenarios >= 10


class Curt(uso.RubricMetric):
    """The rubric, with a guard that replies of less than twenty words break."""

    name = "Curt"

    def grade(self, scenario, reply):
        grade = super().grade(scenario, reply)
        guards = (broken("universal.curt"),) if len(reply.split()) < 20 else ()
        return grade.model_copy(update={"guards": guards})


def test_a_good_draft_that_loses_a_guard_is_turned_away(optimizer, simulator, airline, metric):
    optimizer.metric = Curt(metric.judge)
    draft = uso.Prompt(grown(simulator.prompt, GOOD))
    best = optimizer.consider(draft, simulator, trainset=airline.train, valset=airline.smoke)
    assert best.prompt == simulator.prompt
    (decision,) = [d for d in best.result.decisions if d.stage != "smoke"]
    assert (decision.rule, decision.accepted) == ("guard_loss", False)
    assert "universal.curt was broken in" in decision.reason
    assert decision.evidence.gain > 0
    assert "1 turned down on the guards" in str(best.result)


def test_a_draft_that_names_the_data_is_turned_away_before_it_costs_a_reply(
    optimizer, simulator, airline
):
    leaky = uso.Prompt(grown(simulator.prompt, "\n- Your rubric wants short lines."))
    result = optimizer.consider(
        leaky, simulator, trainset=airline.train, valset=airline.smoke
    ).result
    assert [d.rule for d in result.decisions] == ["guard"]
    assert {o.version for o in result.record.outcomes} == {"v000"}


def test_a_draft_that_has_read_the_smoke_split_is_turned_away(optimizer, simulator, airline):
    """No proposer sees that split; a person who writes a draft may have."""
    code = next(iter(re.findall(r"\b(?=\w*\d)[A-Z0-9]{6}\b", airline.smoke[0].task.story)))
    draft = uso.Prompt(grown(simulator.prompt, f"\n- Say {code} only when you are asked."))
    result = optimizer.consider(
        draft, simulator, trainset=airline.train, valset=airline.smoke
    ).result
    (decision,) = result.decisions
    assert decision.rule == "guard"
    assert decision.reason == f"it holds an identifier of the smoke split: {code.lower()!r}"


def test_a_run_can_start_from_any_version(optimizer, simulator, airline, small_run):
    start = simulator.with_prompt(small_run.versions[max(small_run.versions)].text)
    result = optimizer.consider(
        uso.Prompt(grown(simulator.prompt, GOOD)),
        start,
        trainset=airline.train,
        valset=airline.smoke,
    ).result
    assert result.seed.text == start.prompt.text


def test_the_same_draft_again_costs_nothing_and_another_one_has_its_own_record(
    optimizer, simulator, airline
):
    one, other = (
        uso.Prompt(grown(simulator.prompt, more))
        for more in (GOOD, "\n- Vary the length of your messages.")
    )
    first = optimizer.consider(one, simulator, trainset=airline.train, valset=airline.smoke).result
    size = (first.run_dir / "journal.jsonl").stat().st_size
    assert str(
        optimizer.consider(one, simulator, trainset=airline.train, valset=airline.smoke).result
    ) == str(first)
    assert (first.run_dir / "journal.jsonl").stat().st_size == size
    assert (
        optimizer.consider(
            other, simulator, trainset=airline.train, valset=airline.smoke
        ).result.run_dir
        != first.run_dir
    )


def test_a_file_that_is_no_prompt_is_named(optimizer, simulator, airline, tmp_path):
    with pytest.raises(PromptError, match="nothing.txt"):
        optimizer.consider(
            tmp_path / "nothing.txt", simulator, trainset=airline.train, valset=airline.smoke
        )
