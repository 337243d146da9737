from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import usersim_opt as uso
from usersim_opt.customer.pieces import PiecePool, frame_id
from usersim_opt.customer.prompt import Prompt

BASE = uso.read_prompt(ROOT / "optimized" / "airline" / "base.txt")
CALIBRATED = uso.read_prompt(ROOT / "optimized" / "airline" / "calibrated.txt")
SECTIONS = Prompt("""\
You are a customer.

## A
- One thing.
- Two things.

## B
- Three things.

<scenario>
{scenario}
</scenario>""")


def pool_of(*prompts):
    pool = PiecePool()
    for prompt in prompts:
        pool.add(prompt)
    return pool


def ids(prompt):
    return [piece.id for piece in prompt.pieces]


@given(
    st.lists(
        st.sampled_from(
            [
                "Be brief.",
                "Ask back. Then wait.",
                "- Stay firm.",
                "- Say no\n  and why.",
                "## Tone",
                "",
                "Rules:",
            ]
        ),
        max_size=9,
    )
)
def test_all_pieces_of_a_prompt_and_no_others_give_it_back_byte_for_byte(lines):
    prompt = Prompt("\n".join(["You play.", *lines, "<scenario>", "{scenario}", "</scenario>"]))
    assert pool_of(prompt).compose(prompt, ids(prompt)).text == prompt.text
    assert pool_of(BASE, prompt).compose(prompt, ids(prompt)).text == prompt.text


@given(st.data())
@settings(max_examples=60)
def test_any_subset_gives_a_prompt_of_exactly_these_pieces(data):
    bullets = "\n- A new one.\n- And another new one."
    added = Prompt(CALIBRATED.text.replace("\n\n<scenario>", f"{bullets}\n\n<scenario>"))
    pool = pool_of(CALIBRATED, added, BASE)
    wanted = data.draw(st.sets(st.sampled_from(list(pool))))
    composed = pool.compose(CALIBRATED, wanted)
    assert set(ids(composed)) == wanted
    assert frame_id(composed.text) == frame_id(CALIBRATED.text)
    assert composed.text == pool.compose(CALIBRATED, set(wanted)).text
    assert Prompt(composed.text) == composed


def test_a_new_piece_stands_after_the_one_it_came_after_or_under_its_heading():
    grown = Prompt(SECTIONS.text.replace("- One thing.", "- One thing.\n- One and a half."))
    pool = pool_of(SECTIONS, grown)
    assert pool.compose(SECTIONS, ids(grown)).text == grown.text
    under_b = Prompt("Other.\n\n## B\n- Four things.")
    pool = pool_of(SECTIONS, under_b)
    assert pool.compose(SECTIONS, list(pool)).text == SECTIONS.text.replace(
        "- Three things.\n", "- Three things.\n- Four things.\n"
    )


def test_a_heading_goes_with_its_last_piece():
    pool = pool_of(SECTIONS)
    one, two, three = ids(SECTIONS)
    without_b = SECTIONS.text.replace("## B\n- Three things.\n\n", "")
    assert pool.compose(SECTIONS, [one, two]).text == without_b
    assert "## A" not in pool.compose(SECTIONS, [three]).text
    assert (
        pool.compose(SECTIONS, []).text
        == "You are a customer.\n\n<scenario>\n{scenario}\n</scenario>"
    )


def test_a_sentence_keeps_its_blank_and_a_bullet_its_line():
    prose = Prompt("You play. Be short. Ask back.\n\n{scenario}")
    pool = pool_of(prose, Prompt("You play.\n- Say no."))
    assert pool.compose(prose, ids(prose)[:1]).text == "You play. Be short.\n\n{scenario}"
    assert [piece.words for piece in pool.compose(prose, list(pool)).pieces] == [
        "Be short.",
        "Ask back.",
        "Say no.",
    ]


def test_a_frame_is_the_same_whatever_its_pieces_and_headings():
    text = SECTIONS.text
    other_pieces = text.replace("## B", "## Behaviour").replace("- One thing.\n", "")
    assert frame_id(other_pieces) == frame_id(text)
    other_frame = text.replace("You are a customer.", "You play somebody.")
    assert frame_id(other_frame) != frame_id(text)


def test_only_the_pieces_asked_for_join_the_pool():
    pool = pool_of(SECTIONS)
    other = Prompt("You play.\n- New one.\n- New two.")
    first, second = ids(other)
    assert pool.add(other, [second]) == [second]
    assert first not in pool
    assert pool[second].words == "New two."
    assert pool.add(other) == [first]
    assert isinstance(pool.compose(SECTIONS, [second]), Prompt)
