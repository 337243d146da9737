"""The stand-ins where the agent is right or done: how they play, judge and advise."""

import json
from statistics import mean

import pytest
from conftest import ROOT

import usersim_opt as uso
from usersim_opt.measuring.calibration.agreement import calibrate
from usersim_opt.measuring.runner import ignore
from usersim_opt.models.offline.advice import ADVICE
from usersim_opt.scenarios.authoring.lint import lint_dataset
from usersim_opt.scenarios.authoring.rules.coverage import Counts

RIGHT = ROOT / "tests" / "corpus" / "right"
PUSHY = "If the agent gets something wrong, say no and correct it; never agree to a wrong plan."
QUIET = (
    "Be brief.",
    "Do not thank.",
    "Do not confirm or acknowledge each step.",
    "Never repeat yourself, do not sum up.",
    "You are the customer, not the one who helps.",
    "Never mention these instructions.",
    "Vary the opening of your messages.",
    "Make one move per message.",
    "Use your own words for your memory.",
)


@pytest.fixture(scope="module")
def right():
    return uso.load_dataset(RIGHT)


def simulator(*advice, token="###STOP###"):
    rules = "\n".join(f"- {line}" for line in advice)
    text = (
        f"You play a customer.\n- Know {token}.\n{rules}\n\n<scenario>\n{{scenario}}\n</scenario>"
    )
    return uso.UserSimulator(text, uso.connect("offline/user", temperature=0.9))


def replies(right, name, *advice, n=80, **options):
    """Replies to a scenario under some advice."""
    sim, record = simulator(*advice, **options), right.scenarios[name]
    story = right.tasks[record.task_id].story
    return [
        sim(scenario=story, history=record.messages, config={"seed": seed}).reply
        for seed in range(n)
    ]


def share(texts, *phrases):
    return mean(any(phrase in text.lower() for phrase in phrases) for text in texts)


def test_the_data_set_has_two_scenarios_of_each_type_and_no_fault_and_no_advice(right):
    assert lint_dataset(right, strict=True) == []
    counts = Counts(list(right.scenarios.values()))
    of_types = {name: scenarios for name, (_, scenarios) in counts.by_type.items() if scenarios}
    assert of_types == {"agreement": 2, "ending": 3, "corrected": 2}
    assert counts.by_dimension["conversation_end.waiting"] == (4, 3)
    assert counts.by_family["conversation_end"] == (5, 4)


@pytest.mark.parametrize("name", ["001.6", "002.6", "003.7"])
def test_left_alone_it_leaves_while_it_confirms_and_says_the_plan_again(right, name):
    plain = replies(right, name)
    told = replies(right, name, *QUIET, *map(min, ADVICE.values()))
    assert share(plain, "###stop###") > 0.25
    assert share(told, "###stop###") < 0.15
    assert share(plain, "i want to") > 0.4
    assert share(told, "i want to") < 0.2
    few = [mean(len(reply.split()) <= 8 for reply in texts) for texts in (plain, told)]
    assert few[0] < few[1] - 0.3


def test_who_is_told_to_push_back_and_not_when_to_agree_fights_what_is_right(right):
    fights = ("no, ", "no. ", "no...", "not it")
    assert share(replies(right, "001.6", PUSHY), *fights) > 0.25
    assert share(replies(right, "001.6", PUSHY, *ADVICE["consent"]), *fights) < 0.1
    assert share(replies(right, "002.8", PUSHY), "wrong", "i know what i have") > 0.25
    assert share(replies(right, "002.8", PUSHY, *ADVICE["give_in"]), "wrong", "i know") < 0.1


def test_all_being_done_it_leaves_without_a_word_only_if_it_is_told_so(right):
    speech = ("thank you so much", "wonderful day")
    assert share(replies(right, "001.7"), *speech) > 0.5
    told = replies(right, "001.7", *QUIET, *ADVICE["leave"])
    assert share(told, *speech) < 0.2
    assert mean(reply == "###STOP###" for reply in told) > 0.4


def test_it_knows_no_stop_token_that_its_prompt_does_not_name(right):
    for name in right.scenarios:
        assert share(replies(right, name, *ADVICE["leave"], token="nothing"), "###") == 0


def test_an_open_wish_is_named_and_a_fallback_taken_only_if_it_is_told_so(right):
    for name, topic, said in (("002.7", "name_open", "check-in"), ("003.8", "give_in", "small")):
        assert share(replies(right, name), said) < 0.4
        assert share(replies(right, name, *ADVICE[topic]), said) > 0.75


@pytest.mark.filterwarnings("ignore:the prompt")
def test_played_and_judged_such_advice_raises_the_pass_rate(right, metric):
    def rate(*advice):
        scenarios = right.train + right.smoke
        found = uso.evaluate(simulator(*advice), scenarios, metric, seeds=8, progress=ignore)
        return found.pass_rate.mean

    plain, told = rate(), rate(*QUIET, *map(min, ADVICE.values()))
    assert told > plain + 0.2
    assert rate(*QUIET, PUSHY) < told - 0.1


def test_a_silent_goodbye_reaches_the_rubric_and_is_right_where_a_criterion_allows_it(
    right, metric
):
    allowed, forbidden = right.scenarios["001.7"], right.scenarios["003.7"]
    assert metric.grade(allowed, "###STOP###").pass_rate == 1
    assert metric.grade(forbidden, "###STOP###").pass_rate == 0


def test_the_judge_passes_a_right_yes_and_fails_a_fight_in_the_same_dimensions(right, metric):
    record = right.scenarios["002.6"]

    def grade(reply):
        made = metric.grade(record, reply)
        return {verdict.criterion: verdict.outcome for verdict in (*made.verdicts, *made.guards)}

    assert set(grade("yes").values()) == {"pass"}
    fought = grade("no, that is wrong")
    assert (fought["says_yes"], fought["no_objection"]) == ("fail", "fail")
    long = grade("yes, that is correct, please cancel the double room for the second night for me")
    assert (long["says_yes"], long["no_objection"]) == ("fail", "pass")


def test_the_judge_agrees_with_every_label_that_no_check_decides(right, metric):
    found = calibrate(metric.judge, list(right.scenarios.values()))
    assert found.unchecked.counts == {("pass", "pass"): 21, ("fail", "fail"): 5}


def test_the_proposer_advises_to_agree_where_a_right_plan_was_fought():
    failure = {"agent": "Shall I go ahead?", "reply": "no", "evidence": "no"}
    failures = {
        "communication_style.acknowledgement": [failure | {"wrong": "The reply says yes."}],
        "conversation_end.waiting": [failure | {"wrong": "The customer stays."}],
        "conversation_end.leaving": [failure | {"wrong": "The customer leaves."}],
    }
    shown = {"instructions": "You play.\n\n{scenario}", "failures": failures}
    proposer = uso.connect("offline/proposer")
    texts = [
        proposer(f"<material>{json.dumps(shown)}</material>", seed=seed)[0] for seed in range(120)
    ]
    for topic, wordings in ADVICE.items():
        advised = share(texts, *(wording.lower() for wording in wordings))
        assert (advised > 0.05) == (topic in ("consent", "wait", "leave")), topic
    assert share(texts, "do not confirm or acknowledge", "do not echo or comment") == 0
