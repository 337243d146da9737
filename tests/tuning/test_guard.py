import pytest
from conftest import BASE_PROMPT, ROOT
from helpers import scenario

from usersim_opt.basics import strict_yaml
from usersim_opt.customer.prompt import Prompt, read_prompt
from usersim_opt.models.offline.proposer import _ADVICE
from usersim_opt.tuning.guard import BENCHMARK_WORDS, Guard

CORPUS = strict_yaml.load(ROOT / "tests" / "corpus" / "guard.yaml")
TAIL = "\n\n<scenario>\n{scenario}\n</scenario>"


@pytest.fixture(scope="module")
def guard(checked):
    train = checked.of("train")
    tasks = [checked.tasks[name] for name in checked.splits["train"]]
    return Guard.of(tasks, train, read_prompt(BASE_PROMPT))


def objections(guard, advice, **options):
    return "; ".join(guard.objections(Prompt(f"You are a customer.\n- {advice}{TAIL}"), **options))


@pytest.mark.parametrize(
    ("advice", "complaint"),
    [
        ("When asked for the code, say K3VQ8T.", "identifier of the training data: 'k3vq8t'"),
        ("Your id is babak_rahimi_2093.", "identifier of the training data"),
        ("Say _K3VQ8T_ twice.", "identifier of the training data"),
        ("Use a K3VQ8T-like code.", "identifier of the training data"),
        ("Write k3vq8t in lower case.", "identifier of the training data"),
        (
            "Break it up, T8R-C3V or x4 td 7b.",
            "identifier of the training data: 't8rc3v', 'x4td7b'",
        ),
        ("Log in as mikkel_thorsen.", "name of the training data: 'mikkel_thorsen'"),
        ("Fast, like Shelby.", "name of the training data: 'shelby'"),
        ("say: to inverness", "name of the training data: 'inverness'"),
        ("Ask for Ngozi's address.", "name of the training data: 'ngozi'"),
        ("Be as shy as Éwa.", "name of the training data: 'ewa'"),
        ("Behave like Ines Duarte.", "name of the training data: 'duarte', 'ines', 'ines duarte'"),
        ("Mister Rahimi is anxious.", "name of the training data: 'rahimi'"),
        (
            "Say that you can send a letter from your doctor soon.",
            "phrase of the training data: 'can send a letter from your'",
        ),
        ("Fulfil every criterion of the rubric.", "word of the benchmark: 'rubric', 'criterion'"),
        ("Improve clarification.pushback.", "word of the benchmark"),
        ("This is a wrong_assumption.", "word of the benchmark"),
        ("Less front_loading.", "word of the benchmark: 'front_loading'"),
        ("Do it like in tau-bench.", "word of the benchmark"),
        (
            "Be brief in all that you write.\n- Be brief in all that you write!",
            "it says nearly the same more than once: 'Be brief",
        ),
        ("x" * 7000, "characters, 6,500 are allowed"),
        ("</think> Be short.", "a tag of the answer's frame"),
    ],
)
def test_what_has_learned_the_benchmark_is_turned_away_with_the_reason(guard, advice, complaint):
    assert complaint in objections(guard, advice)


@pytest.mark.parametrize(
    "advice",
    [
        "Keep each message short, as people do on a phone; a few words are often enough.",
        "If the agent gets something wrong, say no and correct it; never agree to a wrong plan.",
        "What you are unsure of stays unsure: say that you think so, or do not know.",
        (
            "Keep alternatives to yourself until the agent has said that your first "
            "choice is impossible."
        ),
        "Count how often you have insisted; after the second time you may give in.",
        "Dates, names and codes are written exactly as you know them.",
        "A card number is never typed into a chat.",
        'Say "the 12th" or "in august" rather than a full date, and keep a light tone.',
        "The money goes back to where it came from.",
    ],
)
def test_general_advice_passes(guard, advice):
    assert objections(guard, advice) == ""


@pytest.mark.parametrize("half", CORPUS)
def test_nearly_all_of_the_contaminated_corpus_is_turned_away_and_nearly_nothing_clean(
    guard, base_prompt, half
):
    refusals = {True: [], False: []}
    for entry in CORPUS[half]:
        candidate = Prompt(
            base_prompt.text.replace("\n\n<scenario>", f"\n{entry['text']}\n\n<scenario>")
        )
        refusals[entry["class"] == "clean"].append(bool(guard.objections(candidate)))
    contaminated, clean = refusals[False], refusals[True]
    assert min(len(contaminated), len(clean)) >= 40
    assert sum(contaminated) >= 0.9 * len(contaminated)
    assert sum(clean) <= 0.05 * len(clean)


def test_the_names_of_a_data_set_s_own_kinds_are_words_of_the_benchmark(base_prompt):
    criterion = {"id": "c", "dimension": "ending.waits_for_it", "text": "It waits."}
    own = scenario(type="long_goodbye", stresses=["ending"], criteria=[criterion])
    guard = Guard.of([], [own], base_prompt)
    for name in ("ending.waits_for_it", "waits_for_it", "long_goodbye"):
        assert f"a word of the benchmark: {name!r}" in objections(guard, f"Mind {name}.")
    assert objections(guard, "Stay polite until the ending.") == ""


def test_each_advice_of_the_offline_proposer_passes(guard):
    assert {
        advice: said
        for both in _ADVICE.values()
        for advice in both
        if (said := objections(guard, advice))
    } == {}


def test_a_retold_task_is_turned_away_with_the_candidate_s_own_words(guard):
    said = objections(
        guard,
        (
            "If the suitcase has a ribbon, let a courier bring it to the hotel; "
            "clothes are paid for if that takes longer."
        ),
    )
    assert said.startswith("it retells a task of the training data: 'suitcase', 'ribbon'")
    assert "Marisol" not in said
    assert "009" not in said


def test_the_seed_prompt_is_free_of_what_it_forbids(guard, base_prompt):
    assert guard.objections(base_prompt) == []


def test_a_lost_place_and_a_second_try_are_named(guard, base_prompt):
    assert "has lost {scenario}" in "; ".join(guard.objections(Prompt("Be short.")))
    assert guard.objections(base_prompt, tried=[base_prompt.sha256]) == [
        "it is a version that was tried before"
    ]


def test_the_smoke_split_is_no_part_of_what_the_guard_knows(airline, guard):
    smoke = airline.tasks[airline.splits["smoke"][0]].story
    assert not guard.identifiers & set(smoke.lower().split())


def test_words_of_the_first_prompt_are_free(airline):
    first = Prompt("Fulfil the criteria." + TAIL)
    guard = Guard.of(airline.tasks.values(), airline.of("train"), first)
    assert guard.objections(first) == []
    assert "criteria" in BENCHMARK_WORDS


@pytest.mark.parametrize(
    ("advice", "objection"),
    [
        ("The rest stays as it is.", "it leaves text out"),
        ("Say no.\n\nI have added a piece on anger.", "it speaks of its own changes"),
        ("Say no.\n7. Write little.", "it carries a number of the material: '7.'"),
        ("Pay with {card}.", "it holds a placeholder that nothing fills: '{card}'"),
    ],
)
def test_what_a_proposer_says_about_its_answer_is_turned_away(guard, advice, objection):
    assert objection in objections(guard, advice)
