import pytest

import usersim_opt as uso
from usersim_opt.errors import InputError, ResumeMismatch

HELPS = (
    "Keep each message short; a few words are often enough.",
    "If the agent gets something wrong, say no and correct it; never agree to a wrong plan.",
    "Do not confirm or acknowledge every step; react only where it matters to you.",
    "When something goes wrong, let your annoyance show in a word or two.",
)
IDLE = ("Imagine that it is a rainy day where you live.", "Picture a cup of tea beside your keyboard as you type.")
HARMS = (
    "Always thank the agent for the help, and be very polite throughout.",
    "Give the agent all details in your first message, so that it can work fast.",
)


@pytest.fixture(scope="module")
def mixed():
    """A prompt of which it is known what helps, idles and harms."""
    bullets = "\n".join(f"- {words}" for words in (*HELPS, *IDLE, *HARMS))
    text = f"You are a customer who writes to a company.\n\nRules:\n- When all is done, write ###STOP### alone.\n{bullets}\n\n<scenario>\n{{scenario}}\n</scenario>"
    return uso.UserSimulator(text, uso.connect("offline/user", temperature=0.9))


@pytest.fixture(scope="module")
def judge():
    return uso.RubricMetric(uso.RubricJudge(uso.connect("offline/judge")))


@pytest.fixture(scope="module")
def found(mixed, judge, airline):
    return uso.ablate(mixed, airline.train, judge, max_calls=3000, seed=2)


def test_what_harms_goes_and_what_helps_stays(found):
    kept = {piece.words for piece in found.short.pieces}
    assert not kept & set(HARMS)
    assert len(kept & set(HELPS)) >= 3
    assert any("###STOP###" in words for words in kept)
    assert len(found.short.text) < len(found.whole.text)
    assert not found.comparison.difference.worse
    assert found.calls <= 3000


def test_the_table_says_what_each_piece_is_worth_by_family(found):
    worth = {piece.words: piece for piece in found.pieces}
    assert set(worth) == {piece.words for piece in found.whole.pieces}
    assert worth[HARMS[0]].effect.mean < 0 < worth[HELPS[1]].effect.mean
    assert worth[HELPS[1]].by_family["clarification"].mean > worth[HELPS[1]].by_family["information_pattern"].mean
    text = str(found)
    assert "pieces can go" in text
    assert "clarification" in text.splitlines()[0]
    assert text.count("out  ") >= 2
    assert "<table>" in found._repr_html_()
    assert "pieces can go" in found._repr_html_()


def test_every_piece_was_out_in_a_quarter_of_the_replies(found):
    for piece in found.pieces:
        if "###STOP###" not in piece.words:
            assert 0.15 < piece.replies_without / (piece.replies_with + piece.replies_without) < 0.35


def test_an_ablation_goes_on_from_its_folder_and_costs_nothing_again(mixed, judge, airline, tmp_path):
    first = uso.ablate(mixed, airline.train, judge, max_calls=500, run_dir=tmp_path / "run")
    record = tmp_path / "run" / "journal.jsonl"
    size = record.stat().st_size
    again = uso.ablate(mixed, airline.train, judge, max_calls=500, run_dir=tmp_path / "run")
    assert (str(again), record.stat().st_size) == (str(first), size)
    record.write_bytes(record.read_bytes()[: size // 2])
    assert str(uso.ablate(mixed, airline.train, judge, max_calls=500, run_dir=tmp_path / "run")) == str(first)
    with pytest.raises(ResumeMismatch, match="seed was 0, is 1"):
        uso.ablate(mixed, airline.train, judge, max_calls=500, run_dir=tmp_path / "run", seed=1)


def test_what_cannot_be_ablated_is_said_before_a_call(judge, airline):
    one = uso.UserSimulator("You play.\n- Be brief.\n{scenario}", uso.connect("offline/user"))
    with pytest.raises(InputError, match="has 1 piece"):
        uso.ablate(one, airline.train, judge)
    two = uso.UserSimulator("You play.\n- Be brief.\n- Ask back.\n{scenario}", uso.connect("offline/user"))
    with pytest.raises(InputError, match="max_calls is 50; one round of the design costs"):
        uso.ablate(two, airline.train, judge, max_calls=50)
