import json

from helpers import scenario

from usersim_opt.customer.prompt import Prompt
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.tuning.belief import Belief

FIRST = Prompt(
    "You are a customer.\n\nRules:\n- Stay with the story.\n"
    "- When all is done, write ###STOP### alone.\n\n<scenario>\n{scenario}\n</scenario>"
)
CRITERIA = [{"id": "short", "dimension": "communication_style.shortness", "text": "Short."}]
SCENARIOS = {f"{i:03}.3": scenario(f"{i:03}.3", criteria=CRITERIA) for i in range(1, 11)}


BARE = Prompt(FIRST.text.replace("- Stay with the story.\n", ""))


def belief(**options):
    settings = {"seed": 1, "max_characters": 6500, "length_price": 0.001} | options
    return Belief(FIRST, SCENARIOS, **settings)


def with_pieces(*words):
    """The first prompt with more pieces."""
    pieces = "".join(f"\n- {word}" for word in words)
    return Prompt(FIRST.text.replace("\n\n<scenario>", f"{pieces}\n\n<scenario>"))


def add_all(learner, prompt):
    learner.add(prompt, [piece.id for piece in prompt.pieces])


def replies(rate, repeat=0):
    """Ten replies of which `rate` passed."""
    return [reply(name, i < 10 * rate, repeat) for i, name in enumerate(SCENARIOS)]


def reply(name, passed, repeat):
    outcome = "pass" if passed else "fail"
    verdict = Verdict(criterion="short", outcome=outcome, evidence="", source="judge")
    return Outcome(
        scenario=name,
        version="v",
        stage="s",
        repeat=repeat,
        status="scored",
        grade=Grade(scenario=name, verdicts=(verdict,)),
    )


def words(prompt):
    return [piece.words for piece in prompt.pieces]


def taught(**rates):
    """A belief that has seen a hundred replies with each piece, and as many without the first one.

    Underscores are blanks.
    """
    learner = belief()
    for repeat in range(10):
        learner.learn(replies(0.2, repeat), BARE)
    for name, rate in rates.items():
        prompt = with_pieces(name.replace("_", " ") + ".")
        add_all(learner, prompt)
        for repeat in range(10):
            learner.learn(replies(rate, repeat), prompt)
            learner.learn(replies(0.5, repeat), FIRST)
    return learner


def test_the_best_prompt_has_what_helps_and_not_what_harms():
    best, _ = taught(Write_little=0.9, Praise_everybody=0.1).best()
    assert "Write little." in words(best)
    assert "Praise everybody." not in words(best)
    assert "Stay with the story." in words(best)


def test_draws_follow_the_evidence_and_try_what_is_not_known():
    learner = taught(Write_little=0.9, Praise_everybody=0.1)
    fresh = with_pieces("Never tried before.")
    add_all(learner, fresh)
    drawn = [words(learner.sample()) for _ in range(40)]
    assert sum("Write little." in prompt for prompt in drawn) >= 38
    assert sum("Praise everybody." in prompt for prompt in drawn) <= 2
    assert 8 <= sum("Never tried before." in prompt for prompt in drawn) <= 32


def test_a_piece_with_a_stop_token_is_in_every_prompt():
    learner = taught(Write_little=0.5)
    assert all(any("###STOP###" in text for text in words(learner.sample())) for _ in range(30))


def test_of_two_pieces_that_say_the_same_one_is_in():
    learner = taught(
        Write_in_few_words_as_people_do_on_a_phone=0.9,
        Write_in_few_words_as_people_do_on_the_phone=0.8,
    )
    best, _ = learner.best()
    assert words(best).count("Write in few words as people do on a phone.") == 1
    assert "Write in few words as people do on the phone." not in words(best)


def test_a_prompt_that_grows_too_long_loses_what_is_worth_least():
    learner = taught(Write_little=0.9, Ask_back=0.65)
    full, _ = learner.best()
    assert {"Write little.", "Ask back."} <= set(words(full))
    learner._max_characters = len(full.text) - 3
    short, _ = learner.best()
    assert "Write little." in words(short)
    assert len(short.text) <= len(full.text) - 3


def test_a_price_on_length_keeps_out_what_is_worth_little():
    dear = belief(length_price=5.0)
    prompt = with_pieces("A long and winding sentence that says hardly anything at all to anybody.")
    dear.learn(replies(0.5), FIRST)
    add_all(dear, prompt)
    assert words(dear.best()[0]) == ["When all is done, write ###STOP### alone."]


def test_what_is_left_to_gain_shrinks_with_evidence():
    little, much = taught(Write_little=0.5), taught(Write_little=0.9)
    for repeat in range(10, 40):
        much.learn(replies(0.9, repeat), with_pieces("Write little."))
    assert 0 <= much.best()[1] < little.best()[1]


def test_replies_that_count_as_void_speak_against_a_prompt():
    learner = belief()
    learner.learn(replies(0.5), FIRST)
    prompt = with_pieces("Say ok to everything.")
    add_all(learner, prompt)
    for repeat in range(6):
        learner.learn(replies(1.0, repeat), prompt, void=True)
    assert "Say ok to everything." not in words(learner.best()[0])


def test_a_new_frame_is_tried_and_kept_if_it_is_better():
    other = Prompt(
        FIRST.text.replace("You are a customer.", "You play somebody who writes to a company.")
    )
    learner = belief()
    learner.learn(replies(0.3), FIRST)
    assert not learner.knows_frame(other)
    learner.add(other, [], with_frame=True)
    assert learner.knows_frame(other)
    for repeat in range(10):
        learner.learn(replies(0.9, repeat), other)
        learner.learn(replies(0.3, repeat), FIRST)
    assert learner.best()[0].text.startswith("You play somebody")


def test_the_proposer_is_told_of_what_is_known_and_not_in_the_prompt():
    learner = taught(Write_little=0.9, Praise_everybody=0.1)
    assert json.dumps(learner.left_out(learner.best()[0])) == '["Praise everybody."]'


def test_a_prompt_that_is_all_frame_can_be_chosen_and_improved():
    plain = Prompt("Be a customer of few words.\n\n{scenario}\n")
    learner = Belief(plain, SCENARIOS, seed=1, max_characters=6500, length_price=0.001)
    learner.learn(replies(0.5), plain)
    assert not plain.pieces
    assert {learner.sample().text, learner.hopeful().text, learner.best()[0].text} == {plain.text}
