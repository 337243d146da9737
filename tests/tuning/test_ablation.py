import pytest
from guarded import broken
from helpers import scripted

import usersim_opt as uso
from usersim_opt.basics.errors import InputError, ResumeMismatch
from usersim_opt.basics.text import sha256
from usersim_opt.results.record import read_record

HELPS = ("Write very few words.", "Refuse a plan that is wrong.")
IDLE = (
    "Imagine that it is a rainy day where you live.",
    "Picture a cup of tea beside your keyboard as you type.",
)
HARMS = ("Thank the staff at length.", "Accept every offer at once.")


def rate(system):
    """The share of good replies under a prompt of which it is known what helps and what harms."""
    helps = sum(words in system for words in HELPS)
    return 0.5 + 0.22 * helps - 0.22 * sum(words in system for words in HARMS)


def playing(checked, rate, *, more=lambda system: ""):
    """A user model that replies by the good example at a rate that depends on its prompt.

    `more` is what it puts behind every reply.
    """
    examples = {record.history[-1].text: record for record in checked.scenarios.values()}

    def reply(request):
        draw = int(sha256(f"{request.config.seed}{request.system}")[:8], 16) / 16**8
        record = examples[request.messages[-1].text]
        said = (
            record.examples.natural[0]
            if draw < rate(request.system)
            else record.examples.failures[0].reply
        )
        return said + more(request.system)

    return scripted(reply)[0]


@pytest.fixture(scope="module")
def mixed(checked):
    """A prompt of which it is known what helps, idles and harms."""
    bullets = "\n".join(f"- {words}" for words in (*HELPS, *IDLE, *HARMS))
    text = (
        "You are a customer.\n\nRules:\n- When all is done, write ###STOP### "
        f"alone.\n{bullets}\n\n<scenario>\n{{scenario}}\n</scenario>"
    )
    return uso.UserSimulator(text, playing(checked, rate))


@pytest.fixture(scope="module")
def judge():
    return uso.RubricMetric(checks_only=True)


@pytest.fixture(scope="module")
def ablation(mixed, judge, checked):
    return uso.ablate(mixed, checked.train, judge, max_calls=1500, seed=2)


def test_what_harms_goes_and_what_helps_stays(ablation):
    stays = {piece.words for piece in ablation.short.pieces}
    assert not stays & set(HARMS)
    assert set(HELPS) <= stays
    assert any("###STOP###" in words for words in stays)
    assert len(ablation.short.text) < len(ablation.whole.text)
    assert not ablation.comparison.difference.worse
    assert ablation.calls <= 1500


def test_what_cannot_be_shown_within_the_margin_stays_and_its_price_is_told(checked, judge):
    """Nothing here matters, but some hundred replies cannot show that to a hundredth."""
    text = "You.\n\n" + "\n".join(f"- {words}" for words in IDLE) + "\n{scenario}"
    simulator = uso.UserSimulator(text, playing(checked, lambda system: 0.5))
    found = uso.ablate(simulator, checked.train, judge, max_calls=800, margin=0.01, seed=7)
    assert found.short == found.whole
    assert found.needed > 800
    assert "is not shown to lose less than 1.0 points" in str(found)
    assert f"About {found.needed:,} calls would show less than 1.0 points lost" in str(found)


@pytest.mark.parametrize("margin", [0, -0.1, 1, float("nan")])
def test_a_margin_that_is_none_is_refused(mixed, checked, judge, margin):
    with pytest.raises(InputError, match=r"margin is .*; expected a"):
        uso.ablate(mixed, checked.train, judge, max_calls=1500, margin=margin)


TEA = " (tea)"
"""What the model puts behind its reply where the prompt speaks of tea."""


class Tea(uso.RubricMetric):
    """The rubric, with a guard that is kept as long as the prompt speaks of tea."""

    name = "Tea"

    def grade(self, scenario, reply):
        grade = super().grade(scenario, reply.removesuffix(TEA))
        guards = () if reply.endswith(TEA) else (broken("universal.tea"),)
        return grade.model_copy(update={"guards": guards})


def test_a_piece_stays_where_guards_are_lost_without_it(checked, mixed, ablation):
    """The score has no use for the piece; what harms most goes nevertheless."""
    assert IDLE[1] not in {piece.words for piece in ablation.short.pieces}

    def more(system):
        return TEA if "cup of tea" in system else ""

    simulator = uso.UserSimulator(mixed.prompt, playing(checked, rate, more=more))
    found = uso.ablate(simulator, checked.train, Tea(), max_calls=1500, seed=3)
    stays = {piece.words for piece in found.short.pieces}
    assert IDLE[1] in stays
    assert set(HARMS) - stays
    assert "is shown to lose less than 2.0 points: +" in str(found)


def test_a_shorter_prompt_that_loses_guards_is_said_to(checked):
    """Every piece keeps the guard: none can go, however little the score thinks of it."""
    text = "You.\n\n" + "\n".join(f"- {words}" for words in (*IDLE, *HARMS)) + "\n{scenario}"

    def more(system):
        return TEA if all(words in system for words in (*IDLE, *HARMS)) else ""

    simulator = uso.UserSimulator(text, playing(checked, rate, more=more))
    found = uso.ablate(simulator, checked.train, Tea(), max_calls=1500, seed=3)
    assert found.short == found.whole
    assert found.comparison.loses
    assert "loses significantly" in str(found)
    assert "worse on the guards: universal.tea was broken in 0 of" in str(found)


def test_the_table_says_what_each_piece_is_worth_by_family(ablation):
    worth = {piece.words: piece for piece in ablation.pieces}
    assert set(worth) == {piece.words for piece in ablation.whole.pieces}
    for words in HELPS:
        assert worth[words].effect.low > 0
        assert all(effect.mean > 0 for effect in worth[words].by_family.values())
    for words in HARMS:
        assert worth[words].effect.high < 0
    for words in IDLE:
        assert worth[words].effect.low < 0.03
    text = str(ablation)
    assert "pieces can go" in text
    assert "clarification" in text.splitlines()[0]
    assert text.count("out  ") >= 2
    assert "<table>" in ablation._repr_html_()
    assert "pieces can go" in ablation._repr_html_()


def test_a_prompt_of_which_every_piece_helps_a_little_loses_nothing(checked):
    """What all pieces have in common shows, because the whole prompt is run, too."""

    bullets = "\n".join(
        f"- Habit {words}."
        for words in (
            "of the morning",
            "at noon",
            "in bed",
            "with tea",
            "on trains",
            "by the sea",
            "under trees",
            "for luck",
        )
    )
    simulator = uso.UserSimulator(
        f"You play.\n{bullets}\n\n{{scenario}}",
        playing(checked, lambda system: 0.3 + 0.06 * system.count("- Habit")),
    )
    judged = [example for example in checked.train if any(c.check for c in example.record.criteria)]
    ablation = uso.ablate(simulator, judged, uso.RubricMetric(checks_only=True), max_calls=1500)
    assert sum(piece.effect.mean for piece in ablation.pieces) > 0.1
    assert len(ablation.dropped) <= 2


def test_every_piece_was_out_in_a_quarter_of_the_replies(ablation):
    for piece in ablation.pieces:
        if "###STOP###" not in piece.words:
            assert (
                0.13 < piece.replies_without / (piece.replies_with + piece.replies_without) < 0.38
            )


def test_an_ablation_goes_on_from_its_folder_and_costs_nothing_again(
    mixed, judge, checked, tmp_path
):
    first = uso.ablate(mixed, checked.train, judge, max_calls=700, run_dir=tmp_path / "run")
    record = tmp_path / "run" / "journal.jsonl"
    size = record.stat().st_size
    again = uso.ablate(mixed, checked.train, judge, max_calls=700, run_dir=tmp_path / "run")
    assert (str(again), record.stat().st_size) == (str(first), size)
    record.write_bytes(record.read_bytes()[: size // 2])
    assert str(
        uso.ablate(mixed, checked.train, judge, max_calls=700, run_dir=tmp_path / "run")
    ) == str(first)
    with pytest.raises(ResumeMismatch, match="seed was 0, is 1"):
        uso.ablate(mixed, checked.train, judge, max_calls=700, run_dir=tmp_path / "run", seed=1)


def test_too_few_calls_leave_no_folder_so_that_more_can_be_given(judge, checked, tmp_path):
    simulator = uso.UserSimulator(
        "You play.\n- Be brief.\n- Ask back.\n{scenario}", uso.connect("offline/user")
    )
    with pytest.raises(InputError, match="give as many or more"):
        uso.ablate(simulator, checked.train, judge, max_calls=50, run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    assert uso.ablate(simulator, checked.train, judge, max_calls=200, run_dir=tmp_path / "run")


class Uneven(uso.RubricMetric):
    """Says that grading every fifth scenario costs nine calls, and the others none."""

    def price(self, scenario):
        return 9 if scenario.number == 5 else 0


@pytest.mark.parametrize("seed", range(3))
def test_a_comparison_keeps_its_share_of_the_calls_where_prices_differ(
    mixed, checked, tmp_path, seed
):
    uso.ablate(mixed, checked.train, Uneven(), max_calls=700, seed=seed, run_dir=tmp_path / "run")
    compared = read_record(tmp_path / "run").of_stage("compare1")
    assert 100 < sum(sum(outcome.calls.values()) for outcome in compared) <= 0.2 * 700


def test_what_cannot_be_ablated_is_said_before_a_call(judge, checked):
    one = uso.UserSimulator("You play.\n- Be brief.\n{scenario}", uso.connect("offline/user"))
    with pytest.raises(InputError, match="has 1 piece"):
        uso.ablate(one, checked.train, judge)
    two = uso.UserSimulator(
        "You play.\n- Be brief.\n- Ask back.\n{scenario}", uso.connect("offline/user")
    )
    with pytest.raises(
        InputError, match="max_calls is 50; the design and 2 comparisons cost at least 200"
    ):
        uso.ablate(two, checked.train, judge, max_calls=50)
