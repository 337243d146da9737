import random

import pytest
from helpers import scenario

from usersim_opt.basics.text import sha256
from usersim_opt.measuring.outcome import Grade, Outcome, Verdict
from usersim_opt.measuring.verdicts import verdicts_of
from usersim_opt.results.attribution import attribute
from usersim_opt.results.versions import Version

CRITERIA = [
    {"id": "short", "dimension": "communication_style.shortness", "text": "Short."},
    {"id": "asks", "dimension": "clarification.clarifying_questions", "text": "Asks."},
]
RECORDS = {f"{i:03}.3": scenario(f"{i:03}.3", criteria=CRITERIA) for i in range(1, 21)}
TEXT = {
    "base": "You play.\n- Frame bullet.\n{scenario}",
    "good": "- Write short lines.",
    "null": "- Breathe now and then.",
}


def version(number, *extra):
    text = TEXT["base"].replace(
        "{scenario}", "\n".join([*(TEXT[name] for name in extra), "{scenario}"])
    )
    return Version(
        id=f"v{number:03}",
        text=text,
        sha256=sha256(text),
        parent=None if number == 0 else "v000",
        origin="seed" if number == 0 else "composed",
    )


def outcomes(version, short_rate, draw, *, stage="002.sample", repeats=2):
    for repeat in range(repeats):
        for name in RECORDS:
            passed = {"short": draw.random() < short_rate, "asks": draw.random() < 0.5}
            verdicts = tuple(
                Verdict(criterion=c, outcome="pass" if ok else "fail", evidence="", source="judge")
                for c, ok in passed.items()
            )
            yield Outcome(
                scenario=name,
                version=version.id,
                stage=stage,
                repeat=repeat,
                status="scored",
                grade=Grade(scenario=name, verdicts=verdicts),
            )


@pytest.fixture(scope="module")
def found():
    draw = random.Random(3)
    versions = [version(0), version(1, "good"), version(2, "null"), version(3, "good", "null")]
    rates = [0.3, 0.8, 0.3, 0.8]
    measured = [
        outcome
        for v, rate in zip(versions, rates, strict=True)
        for outcome in outcomes(v, rate, draw)
    ]
    return attribute({v.id: v for v in versions}, measured, RECORDS)


def test_a_piece_gets_the_credit_in_its_own_family(found):
    worth = {piece.words: piece for piece in found.pieces}
    good, null = worth["Write short lines."], worth["Breathe now and then."]
    assert found.pieces[0] == good
    assert good.by_family["communication_style"].mean == pytest.approx(0.5, abs=0.15)
    assert good.effect.low > 0
    assert good.by_family["clarification"].low < 0 < good.by_family["clarification"].high
    assert null.effect.low < 0 < null.effect.high
    assert (good.replies_with, good.replies_without, good.characters) == (80, 80, 20)


def test_versions_are_expected_to_be_what_they_were(found):
    assert found.families["v003"]["communication_style"].mean == pytest.approx(0.8, abs=0.1)
    assert found.families["v000"]["communication_style"].mean == pytest.approx(0.3, abs=0.1)
    assert (
        0
        <= found.families["v000"]["clarification"].low
        <= found.families["v000"]["clarification"].high
        <= 1
    )
    assert list(found.families["v000"]) == ["communication_style", "clarification"]


def test_the_smoke_split_and_what_has_no_score_teach_nothing():
    v0, v1 = version(0), version(1, "good")
    smoke = list(outcomes(v1, 1.0, random.Random(1), stage="smoke"))
    broken = [
        Outcome(
            scenario="001.3",
            version="v001",
            stage="002.sample",
            repeat=0,
            status="error",
            why="down",
        )
    ]
    assert attribute({"v000": v0, "v001": v1}, [*smoke, *broken], RECORDS).pieces == ()
    seen = attribute(
        {"v000": v0, "v001": v1}, [*smoke, *broken, *outcomes(v0, 0.3, random.Random(2))], RECORDS
    )
    assert [piece.words for piece in seen.pieces] == ["Frame bullet."]
    assert list(seen.families) == ["v000"]


def test_unscored_verdicts_are_left_out():
    verdicts = (
        Verdict(criterion="short", outcome="unscored", evidence="no verdict", source="judge"),
        Verdict(criterion="asks", outcome="fail", evidence="", source="judge"),
    )
    graded = Outcome(
        scenario="001.3",
        version="v",
        stage="s",
        repeat=0,
        status="scored",
        grade=Grade(scenario="001.3", verdicts=verdicts),
    )
    assert list(verdicts_of(graded, RECORDS["001.3"])) == [
        (("001.3", "asks"), "clarification.clarifying_questions", False)
    ]
