import re
from html.parser import HTMLParser

import pytest
from guarded import broken
from helpers import CRITERION, outcome, scenario
from hostile import HOSTILE

import usersim_opt as uso
from usersim_opt.basics.figures import OFFLINE_LABEL
from usersim_opt.basics.layout import bar, table, text
from usersim_opt.measuring.comparison import Comparison, guard_sides
from usersim_opt.measuring.evaluation import Evaluation
from usersim_opt.measuring.guard_tables import GuardSides
from usersim_opt.measuring.outcome import Outcome, Verdict
from usersim_opt.measuring.pairs import paired_difference
from usersim_opt.measuring.views import MOST_SCENARIOS
from usersim_opt.results.versions import Version

TAGS = {
    "b",
    "br",
    "code",
    "details",
    "div",
    "em",
    "p",
    "span",
    "summary",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
}


class Page(HTMLParser):
    """Tags with their attributes, and the text that a reader sees."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.said = [], [], ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "br":
            self.open.append(tag)
        else:
            self.said += "\n"

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said += data


def version(prompt="You are a customer.\n- Be brief.\n", name="v001"):
    return Version(id=name, text=prompt, sha256="0" * 64, parent="v000", origin="proposal")


def everything(said):
    """All kinds of views around one text."""
    record = scenario(criteria=[CRITERION | {"text": "x" + said}], history=[{"agent": "x" + said}])
    graded = uso.RubricMetric().grade(record, said or "x")
    grade = graded.model_copy(update={"guards": (broken("universal." + said, said),)})
    made = [
        Outcome(
            scenario=record.id,
            version="v",
            stage="s",
            repeat=i,
            status="scored",
            reply=said,
            grade=grade,
        )
        for i in range(2)
    ]
    found = Evaluation({record.id: record}, made)
    judged = uso.Grade(
        scenario="001.3",
        verdicts=(Verdict(criterion="short", outcome="fail", evidence=said, source="judge"),),
    )
    return [
        record,
        grade,
        guard_sides(found, found, heads=("x" + said, said)),
        judged,
        version("x" + said),
        found,
        Comparison(found, found, paired_difference(made, made)),
    ]


@pytest.mark.parametrize(
    "said",
    [pytest.param(said, id=name) for name, said in HOSTILE.items() if name != "lone surrogate"],
)
def test_no_text_from_outside_becomes_markup_or_breaks_the_page(said):
    # The views repeat a text dozens of times, and all of their tags are read here.
    for shown in everything(said[-5_000:]):
        page = shown.html if isinstance(shown, GuardSides) else shown._repr_html_()
        seen = Page(page)
        assert not seen.open
        assert {tag for tag, _ in seen.tags} <= TAGS
        for tag, attributes in seen.tags:
            assert set(attributes) <= ({"style", "title"} if tag == "span" else {"style"})
            assert re.fullmatch(r"[\w\-:;,.%() ]*", attributes.get("style", "")), attributes
            assert re.fullmatch(r"[0-9a-f]{8}|", attributes.get("title", "")), attributes
        assert "\n" not in page, "a blank line would end the HTML block in Markdown"
        page.encode()


def test_a_view_sets_no_text_colour_and_no_page_colour(simulator, airline, metric):
    page = uso.compare(simulator, simulator, airline.smoke[:4], metric)._repr_html_()
    assert not re.search(r"(?<![\w-])color:|#fff|#000|white\b(?!-space)|black", page)


def test_a_scenario_is_shown_with_turns_criteria_and_examples(airline):
    record = airline.scenarios["001.3"]
    said = Page(record._repr_html_()).said
    for part in (
        "001.3",
        "wrong_assumption",
        record.history[-1].text,
        record.criteria[0].text,
        record.examples.natural[0],
        record.examples.failures[0].reply,
    ):
        assert part in said


def test_a_grade_shows_each_verdict_by_word_and_sign():
    verdicts = [
        Verdict(criterion=f"c{i}", outcome=o, evidence=f"because {i}", source="judge")
        for i, o in enumerate(("pass", "fail", "unscored"))
    ]
    said = Page(uso.Grade(scenario="001.3", verdicts=tuple(verdicts))._repr_html_()).said
    assert "1 of 2 criteria passed" in said
    assert all(part in said for part in ("\u2713 pass", "\u2717 fail", "? unscored", "because 1"))
    assert "nothing was scored" in uso.Grade(scenario="001.3", verdicts=())._repr_html_()


def test_a_version_is_shown_byte_for_byte_with_its_pieces_marked():
    prompt = "You are a customer.\n\nRules:\n- Be brief.\n- Say  no.\n\n{scenario}"
    page = Page(version(prompt)._repr_html_())
    assert prompt in page.said
    assert sum("title" in attributes for _, attributes in page.tags) == 2
    assert "2 pieces" in page.said


def test_an_evaluation_opens_its_failures_and_says_if_a_stand_in_took_part(
    simulator, airline, metric
):
    found = uso.evaluate(simulator, airline.smoke, metric, seeds=4)
    page = found._repr_html_()
    said = Page(page).said
    assert found.offline
    assert OFFLINE_LABEL in said
    failing = sorted({o.scenario for o in found.outcomes if o.fails or o.broken})
    assert f"{len(failing)} scenarios with a failing reply" in said
    assert all(f"{name}:" in said for name in failing[:MOST_SCENARIOS])
    assert f"and {len(failing) - MOST_SCENARIOS} more scenarios" in said
    assert "more replies" in said
    worst = next(o for o in found.outcomes if o.scenario == failing[0] and (o.fails or o.broken))
    assert worst.reply in said
    assert OFFLINE_LABEL not in Evaluation(found.scenarios, found.outcomes)._repr_html_()


def test_an_evaluation_without_a_score_is_shown_all_the_same():
    record = scenario()
    page = Page(
        Evaluation({record.id: record}, [outcome("001.3", 0, 0, status="error")])._repr_html_()
    )
    assert "pass rate - over 1 reply; 1 error" in page.said


def test_a_comparison_begins_with_the_gain(simulator, airline, metric):
    found = uso.compare(simulator, simulator, airline.smoke[:8], metric)
    said = Page(found._repr_html_()).said
    assert said.startswith("Gain +0.0 points")
    assert "points" in said


def test_shares_are_bars_and_numbers():
    assert "50.0 %" in bar(0.5)
    assert bar(None) == "-"
    assert (
        text("a\ud800") == "a\ufffd"
    )  # no record holds half a character, but an exception's text may
    assert Page(table(["<b>"], [[text("<i>")]])).said == "<b><i>"
