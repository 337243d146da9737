from usersim_opt.measuring.universal.recital import agent_echo, longest_stretch, story_recital
from usersim_opt.scenarios.checks import Moment

STORY = (
    'You want your money back on the card that you used, and you say "not a single cent less '
    'than what was on the bill in the end" on June 3. You live in a small house by the sea.'
)
ALONE = Moment(STORY, ())
READ_OUT = "i want my money back on the card that i used, please"


def test_a_long_stretch_of_the_story_in_the_first_person_is_a_recital():
    assert longest_stretch(READ_OUT, ALONE) == tuple(
        "i want my money back on the card that i used".split()
    )
    assert story_recital(READ_OUT, ALONE)


def test_a_short_stretch_is_none():
    assert len(longest_stretch("i want my money back", ALONE)) == 5
    assert story_recital("i want my money back", ALONE) == ""


def test_words_in_quotes_must_be_said_as_they_are():
    reply = '"not a single cent less than what was on the bill in the end"'
    assert longest_stretch(reply, ALONE) == ()


def test_figures_and_dates_are_no_words_of_a_stretch():
    assert longest_stretch("on June 3", ALONE) == ("on",)


def test_what_the_chat_has_said_before_is_no_secret():
    chat = Moment(STORY, (("customer", READ_OUT), ("agent", "once more?")))
    assert story_recital(READ_OUT, chat) == ""
    assert longest_stretch("i live in a small house", chat)


def test_a_stretch_of_the_agent_s_turn_is_an_echo_but_a_yes_to_it_is_none():
    turn = (
        "I will send your new card to your old address and charge your account with the fee today"
    )
    chat = Moment("", (("agent", turn),))
    assert agent_echo("ok. " + turn, chat)
    assert agent_echo("send my new card to my old address, charge my account", chat) == ""
    assert agent_echo(f'you said "{turn}"', chat) == ""


def test_no_words_hold_no_stretch():
    assert longest_stretch("", ALONE) == ()
    assert agent_echo("no", Moment("", ())) == ""
