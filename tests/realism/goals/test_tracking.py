"""Goals through whole conversations, by a scripted judge."""

import json

import pytest
from helpers import scripted
from talks import talk

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.scenarios.records import Task

STORY = "You are Ada. You want your flight moved. You would like a window seat. You stay polite."
TASK = Task(id="001", domain="airline", source="test", story=STORY)
TALK = talk("Hi!", "move my flight", "No.", "idiots. a window seat then", "No!", "###STOP###")
SPLIT = {
    "components": [
        {"class": "profile", "text": "Stays polite."},
        {"class": "objective", "text": "Wants the flight moved."},
        {"class": "preference", "text": "Would like a window seat."},
    ]
}


def material(request):
    return json.loads(
        request.messages[-1].text.partition("<material>")[2].partition("</material>")[0]
    )


def judge_of_goals(request):
    """Splits the story; judges by words of the latest turn."""
    data = material(request)
    if "story" in data:
        return json.dumps(SPLIT)
    said = data["latest_turn"][0]["customer"]
    statuses = {
        "profile.1": "MISALIGNED" if "idiots" in said else "ALIGNED",
        "objective.1": "ATTEMPTED" if "move" in said else "INCOMPLETE",
        "preference.1": "ALIGNED" if "window" in said else "MISALIGNED",
    }
    given = [
        {"id": part["id"], "reason": f"by {said}", "status": statuses[part["id"]]}
        for part in data["parts"]
    ]
    return json.dumps({"states": given})


def tracked(*talks, answers=None, judge=judge_of_goals):
    lm, engine = scripted(judge)
    goals = uso.realism.track_goals(talks or TALK, [TASK], judge=lm, answers=answers)
    return goals, engine


def test_states_scores_and_rewards_follow_the_conversation():
    goals, engine = tracked()
    (one,) = goals.talks
    assert [list(state.statuses.values()) for state in one.states] == [
        ["ALIGNED", "INCOMPLETE", "MISALIGNED"],
        ["ALIGNED", "ATTEMPTED", "MISALIGNED"],
        ["MISALIGNED", "ATTEMPTED", "ALIGNED"],
        ["MISALIGNED", "ATTEMPTED", "ALIGNED"],
    ]
    assert one.scores == {"profile": 0, "objective": 1, "preference": 1}
    assert one.overall == pytest.approx(2 / 3)
    assert one.rewards == (1.0, 1.0, 1.0)
    assert goals.calls == len(engine.requests) == uso.realism.goals_price(TALK) == 4
    # What nothing changes any more is not asked for; leaving is told in words.
    assert [part["id"] for part in material(engine.requests[-1])["parts"]] == ["objective.1"]
    assert "leaves the chat" in material(engine.requests[-1])["latest_turn"][0]["after_it"]


def test_every_view_shows_the_statuses_over_the_turns():
    goals, _ = tracked()
    shown = str(goals.talks[0])
    assert "objective: Wants the flight moved." in shown
    assert "MISALIGNED" in shown
    assert "overall" in str(goals)
    assert "by move my flight" in goals._repr_html_()
    frame = goals.to_pandas()
    assert len(frame) == 4 * 3
    assert list(frame["reason"])[3] == "by move my flight"
    assert goals.figures["policy"] is None


def test_a_pair_that_cannot_be_read_is_lost_and_told():
    def stumbles(request):
        data = material(request)
        is_second = "idiots" in str(data.get("latest_turn", ""))
        return "Hm." if is_second else judge_of_goals(request)

    goals, _ = tracked(judge=stumbles)
    assert [state.lost for state in goals.talks[0].states] == [False, False, True, False]
    assert goals.talks[0].scores["profile"] == 1
    assert [lost.about for lost in goals.lost] == ["goals of 001/0, pair 2"]
    assert goals.calls == 5
    assert "1 answer lost" in str(goals)
    assert "2!" in str(goals.talks[0])


def test_where_the_story_cannot_be_split_nothing_is_followed():
    goals, engine = tracked(judge="Hm.")
    assert (goals.talks[0].states, len(engine.requests)) == ((), 2)
    assert goals.figures["overall"] is None
    assert "1 conversation without anything to follow" in str(goals)
    assert "nothing to follow" in str(goals.talks[0])


def test_nothing_is_paid_for_twice(tmp_path):
    file = tmp_path / "states.jsonl"
    first, _ = tracked(answers=file)
    second, engine = tracked(answers=file)
    assert engine.requests == []
    assert second.rows == first.rows
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["about"] for line in lines] == [
        "components of task 001", *(f"goals of 001/0, pair {n}" for n in (1, 2, 3)),
    ]  # fmt: skip


def test_a_silent_customer_costs_nothing():
    goals, engine = tracked(talk("Hi!"))
    assert engine.requests == []
    assert goals.talks[0].overall is None


def test_what_cannot_be_followed_is_refused():
    lm, _ = scripted("x")
    with pytest.raises(InputError, match="judge is None; expected a dspy.LM"):
        uso.realism.track_goals(TALK, [TASK], judge=None)
    with pytest.raises(InputError, match="offline stand-in"):
        uso.realism.track_goals(TALK, [TASK], judge=uso.connect("offline/judge"))
    with pytest.raises(InputError, match="tasks 001, which are not among 002"):
        uso.realism.track_goals(TALK, [TASK.model_copy(update={"id": "002"})], judge=lm)
    with pytest.raises(InputError, match="there is no conversation"):
        uso.realism.goals_price([])
