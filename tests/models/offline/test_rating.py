from statistics import mean

import usersim_opt as uso
from usersim_opt.models.offline.rating import form_in
from usersim_opt.realism import read_answers, survey_form
from usersim_opt.realism.questions import SURVEY

FORM = survey_form()


def rated(*agent, seeds=20):
    """The mean ordinal of the overall score over seeds, after an agent has said these."""
    simulator = uso.UserSimulator("Play.\n{scenario}", uso.connect("offline/user"))
    history = [{"role": "agent", "content": "Hi!"}, {"role": "customer", "content": "my bag"}]
    for text in agent:
        history += [{"role": "agent", "content": text}, {"role": "customer", "content": "ok"}]
    history.append({"role": "agent", "content": FORM})
    replies = [
        simulator(scenario="You want a bag.", history=history, config={"seed": seed}).reply
        for seed in range(seeds)
    ]
    scores = [read_answers(reply)["overall_score"]["answer"] for reply in replies]
    return mean(SURVEY["overall_score"].answers[score] for score in scores)


def test_the_survey_is_a_form_and_the_turns_of_an_agent_are_none():
    assert form_in(FORM) == {name: len(each.answers) for name, each in SURVEY.items()}
    for turn in ("Which one (1 the first, 2 the second)?", "name: your name (1 word)", ""):
        assert form_in(turn) == {}


def test_a_customer_whose_wish_is_done_is_more_content():
    done = rated("Done. Is there anything else?")
    left = rated("Unfortunately an error came up.", "It failed again, I am sorry, I can't.")
    assert 1 <= left < 2.6
    assert 3.4 < done <= 5
