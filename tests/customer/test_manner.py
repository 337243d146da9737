import re

import pytest

from usersim_opt.basics.errors import DatasetError, InputError
from usersim_opt.customer.manner import AXES, LEVELS, levels_text, read_axes


def test_there_are_eight_axes_of_five_sentences_and_no_sentence_stands_twice():
    sentences = [each for one in AXES.sentences.values() for each in one]
    assert len(AXES.names) == 8
    assert len(set(sentences)) == len(sentences) == 8 * LEVELS


def test_no_sentence_tells_or_hides_a_fact_or_leads_to_a_wish():
    forbidden = re.compile(
        r"\b(?:refuse|hide|withhold|lie|pretend|forget|invent|demand|cancel|refund|leave|accept"
        r"|agree|never tell|give in|password|name|code)\b|\d"
    )
    for name, sentences in AXES.sentences.items():
        for sentence in sentences:
            assert sentence.startswith(("You ", "Your ")), name
            assert not forbidden.search(sentence), sentence


def test_the_text_is_the_heading_and_a_line_for_each_level():
    text = AXES.text({"wordiness": 0, "mood": 4})
    heading, *lines = text.split("\n")
    assert heading.startswith("How you talk here. This is manner alone")
    assert lines == [
        f"- {AXES.sentences['wordiness'][0]}",
        f"- {AXES.sentences['mood'][4]}",
    ]
    assert levels_text({"wordiness": 0, "mood": 4}) == "wordiness 0, mood 4"


@pytest.mark.parametrize(
    ("levels", "complaint"),
    [({"height": 1}, "axis 'height': there is none"), ({"mood": 5}, "mood: level 5")],
)
def test_an_unknown_axis_or_level_is_refused(levels, complaint):
    with pytest.raises(InputError, match=complaint):
        AXES.text(levels)


@pytest.mark.parametrize(
    "text", ["heading: h\naxes: {}", "heading: h\naxes: {pace: [a, b]}", "axes: {pace: [a]}"]
)
def test_a_file_of_another_shape_is_refused(tmp_path, text):
    file = tmp_path / "axes.yaml"
    file.write_text(text + "\n")
    with pytest.raises(DatasetError, match="axes.yaml"):
        read_axes(file)


def test_other_sentences_have_another_digest(tmp_path):
    file = tmp_path / "axes.yaml"
    file.write_text("heading: h\naxes: {pace: [a, b, c, d, e]}\n")
    first = read_axes(file)
    file.write_text("heading: h\naxes: {pace: [a, b, c, d, f]}\n")
    assert first.digest != read_axes(file).digest
