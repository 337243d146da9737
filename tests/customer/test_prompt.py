import inspect

import dspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from usersim_opt.basics.errors import PromptError
from usersim_opt.customer.prompt import Prompt, normalise, parts_of, place, read_prompt
from usersim_opt.customer.simulator import UserSimulator

TEXT = """You play a customer. Be short. Do not thank (e.g. never).

## First turn
- Say what you want.
  In few words.
* No lists
1. one

Other things:
Stay calm. "Never" lie!

<scenario>
{scenario}
</scenario>"""


def test_a_prompt_is_read_as_frame_sections_and_pieces():
    assert [(piece.section, piece.words) for piece in Prompt(TEXT).pieces] == [
        ("", "Be short."),
        ("", "Do not thank (e.g. never)."),
        ("First turn", "Say what you want. In few words."),
        ("First turn", "No lists"),
        ("First turn", "one"),
        ("Other things", "Stay calm."),
        ("Other things", '"Never" lie!'),
    ]


def test_the_base_prompt_has_a_piece_for_each_of_its_bullets(base_prompt):
    assert [piece.section for piece in base_prompt.pieces][-8:] == ["Rules"] * 8
    assert "{scenario}" not in "".join(piece.text for piece in base_prompt.pieces)


@pytest.mark.parametrize(
    "text", ["\ufeffBe short.", "\r\n\ufeffBe short.", "\ufeff\n\ufeff Be short."]
)
def test_byte_order_marks_at_the_beginning_are_no_part_of_a_prompt(text):
    assert Prompt(text).text == "Be short."


def test_half_a_character_is_no_prompt():
    with pytest.raises(PromptError, match="lone surrogate"):
        Prompt("a \ud800")


def test_the_same_words_have_the_same_id_in_any_prompt():
    one, other = (
        Prompt("Frame.\n- Be short.\n"),
        Prompt("Another frame. Other words.\n\n  *  be  SHORT."),
    )
    assert one.pieces[0].id == other.pieces[-1].id


def prompt_or_none(text):
    try:
        return Prompt(text)
    except PromptError:
        return None


def joined(text):
    return "".join(part.text for part in parts_of(text))


@given(st.text())
def test_parsing_loses_nothing(text):
    assert joined(text) == text
    assert (prompt := prompt_or_none(text)) is None or prompt.render() == prompt.text


@given(
    st.lists(
        st.sampled_from(
            [
                "",
                "# A",
                "- b",
                "  c",
                "Word one. Word two.",
                "x:",
                "<scenario>",
                "{scenario} y",
                "1. z",
                "\t",
                "\u2028",
            ]
        )
    ).map("\n".join)
)
def test_parsing_loses_nothing_of_a_layout(text):
    assert joined(text) == text


# Indentation, odd line ends and blank lines are what the normal form is about, so a text without
# them would show little.
TEXTS = st.one_of(
    st.text(),
    st.text(st.sampled_from("ab \n\t\r\x0b\x0c\x85\u2028\ufeff#-.{}")),
    st.lists(st.sampled_from(["- a", "  b", "\t- c", "", "{scenario}", "## D", "\ufeff"])).map(
        "\r\n".join
    ),
)


@given(TEXTS)
def test_a_prompt_s_text_makes_the_same_prompt(text):
    if prompt := prompt_or_none(text):
        assert Prompt(prompt.text) == prompt
        assert Prompt(prompt.text).text == prompt.text


@given(TEXTS)
@settings(deadline=None)
def test_what_a_simulator_runs_has_the_hash_of_its_prompt(text):
    if prompt := prompt_or_none(text):
        assert UserSimulator(prompt).prompt.sha256 == prompt.sha256
        assert UserSimulator("Another.").with_prompt(text).prompt.sha256 == prompt.sha256


@given(st.text())
def test_the_normal_form_stays_as_dspy_stores_and_reads_it(text):
    try:
        clean = normalise(text)
    except PromptError:
        return
    assert normalise(clean) == clean == inspect.cleandoc(clean)
    signature = dspy.Signature("a -> b").with_instructions(clean)
    assert signature.with_instructions(signature.instructions).instructions == clean


@given(st.text(), st.text(), st.text())
def test_the_scenario_takes_its_place_and_is_not_scanned(before, after, scenario):
    if "{scenario}" in before or "{scenario}" in after or "{scenario}" in before + after:
        return
    assert (
        place(before + "{scenario}" + after, scenario + "{scenario}")
        == before + scenario + "{scenario}" + after
    )


def test_a_prompt_without_a_place_gets_the_scenario_as_tau2_puts_it():
    assert (
        Prompt("Guidelines.").fill("I am {x}.")
        == "Guidelines.\n\n<scenario>\nI am {x}.\n</scenario>"
    )


def test_a_file_in_normal_form_is_taken_byte_for_byte(tmp_path):
    (tmp_path / "p.txt").write_bytes(TEXT.encode())
    assert read_prompt(tmp_path / "p.txt").text.encode() == TEXT.encode()
    (tmp_path / "p.txt").write_bytes(b"\xef\xbb\xbfBe short.\r\n")
    assert read_prompt(tmp_path / "p.txt").text == "Be short."


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read"),
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"a\xff", "byte 1 is not UTF-8"),
        (b"{scenario}\n\n{scenario}", "stands 2 times in the prompt (lines 1 and 3)"),
        (b"x { Scenario }", "expected {scenario}"),
    ],
)
def test_a_useless_prompt_file_is_named(tmp_path, content, complaint):
    file = tmp_path / "p.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(PromptError) as caught:
        read_prompt(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    "written",
    [
        "{{scenario}}",
        "{{{scenario}}}",
        "{{ scenario }}",
        "{ scenario }",
        "{Scenario}",
        "{scenario}}",
        "${scenario}",
        "#{scenario}",
        "$scenario",
        "{{ scenario | safe }}",
        "{{#scenario}}",
        "{% scenario %}",
        "{scenario!r}",
        "{user_scenario}",
        "{scenario_text}",
        "{instructions}",
        "{{instructions}}",
        "{instruction}",
        "{story}",
        "%(scenario)s",
        "%scenario%",
        "<%= scenario %>",
        "[[scenario]]",
        "<<scenario>>",
        "[scenario]",
        "[Insert scenario here]",
        "__SCENARIO__",
        "<scenario/>",
        "<scenario>",
        "<user_scenario></user_scenario>",
    ],
)
def test_a_place_written_otherwise_is_refused_with_its_line(tmp_path, written):
    file = tmp_path / "p.txt"
    file.write_text(f"\nYou are a customer.\n- Be brief.\n\n{written}\n")
    with pytest.raises(PromptError, match=r"p\.txt: line 5: .*expected \{scenario\}") as caught:
        read_prompt(file)
    assert repr(written)[1:-1].startswith(str(caught.value).split("'")[1])


@pytest.mark.parametrize("written", ["{{scenario}}", "${scenario}", "{ Scenario }", "{story}"])
def test_a_place_written_otherwise_is_refused_beside_a_right_one(written):
    with pytest.raises(PromptError, match="line 3: "):
        Prompt(f"You are a customer.\n- Be brief.\n- See {written}.\n{{scenario}}")


@pytest.mark.parametrize(
    "text",
    [
        "What <scenario> holds is yours.",
        "The scenario [scenario] is below.\n{scenario}",
        "<scenario>\n{scenario}\n</scenario>",
        "<instructions>\n- Be brief.\n</instructions>",
        "You know the history. $5 is a lot; 20% scenario.",
    ],
)
def test_what_only_resembles_a_place_is_text(text):
    assert Prompt(text).text == text


@pytest.mark.parametrize(
    "written", ["{name}", "{{x}}", "${user.name}", "{% if x %}", "{0}", "{first name}", "%(name)s"]
)
def test_another_placeholder_in_a_file_is_warned_of(tmp_path, written):
    file = tmp_path / "p.txt"
    file.write_text(f"You are a customer.\n- Say {written}.\n{{scenario}}\n")
    with pytest.warns(UserWarning, match=r"p\.txt: line 2: nothing fills in"):
        assert written in read_prompt(file).text


def test_braces_that_are_no_placeholder_are_read_in_silence(tmp_path):
    file = tmp_path / "p.txt"
    file.write_text('You are a customer.\n- No JSON such as {"a": 1}, no :-} and no {.\n')
    assert read_prompt(file).pieces
