import pytest

from usersim_opt.customer.pieces import PiecePool
from usersim_opt.customer.prompt import Prompt
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.intake import Intake, read_pieces

FIRST = Prompt(
    "You are a customer.\n\nRules:\n- Stay with the story.\n\n<scenario>\n{scenario}\n</scenario>"
)


@pytest.fixture
def intake(airline):
    train = airline.of("train")
    tasks = {record.task_id for record in train}
    return Intake(Guard.of([airline.tasks[i] for i in sorted(tasks)], train, FIRST), FIRST)


@pytest.fixture
def pool():
    pool = PiecePool()
    pool.add(FIRST)
    return pool


def proposal(*words, text=FIRST.text):
    return Prompt(
        text.replace("\n\n<scenario>", "".join(f"\n- {word}" for word in words) + "\n\n<scenario>")
    )


def test_each_piece_is_judged_by_itself(intake, pool):
    review = intake.review(
        proposal(
            "Write in few words.",
            "Talk of the smoke split and the rubric.",
            "Say no when the plan is wrong.",
        ),
        pool,
        new_frame=False,
    )
    assert len(review.welcome) == 2
    assert list(review.refused) == ["Talk of the smoke split and the rubric."]
    assert "a word of the benchmark" in str(review)
    assert intake.turned_away == dict(review.refused)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("When done, write ###STOP### and nothing else.", "it changes how a conversation ends"),
        ("Stay with the story!", "another piece says the same"),
        ("x" * 7000, "characters"),
    ],
)
def test_what_is_left_out_and_why(intake, pool, words, reason):
    review = intake.review(proposal(words), pool, new_frame=False)
    assert not review.welcome
    assert reason in next(iter(review.refused.values()))


def test_what_was_turned_away_is_not_tried_again_in_nearly_the_same_words(intake, pool):
    intake.review(proposal("Think of the rubric in every single message."), pool, new_frame=False)
    review = intake.review(
        proposal("Think of the Rubric in every single message, please."), pool, new_frame=False
    )
    assert list(review.refused.values()) == ["it was turned away before"]


def test_a_much_shorter_wording_of_a_piece_is_welcome(intake, pool):
    long = proposal(
        "Write short short short messages, and messages that are short, and "
        "short messages that are messages."
    )
    pool.add(long)
    assert intake.review(
        proposal("Write short messages, and messages that are."), pool, new_frame=False
    ).welcome


def test_a_frame_is_looked_at_only_if_it_was_asked_for(intake, pool):
    bare = Prompt("You are graded by a judge.\n- Stay with the story.")
    assert intake.review(bare, pool, new_frame=False).frame == ""
    objections = intake.review(bare, pool, new_frame=True).frame
    assert "a word of the benchmark" in objections
    assert "the place of the private scenario" in objections


def test_nothing_new_is_nothing_to_review(intake, pool):
    review = intake.review(FIRST, pool, new_frame=False)
    assert (review.welcome, dict(review.refused), str(review)) == ((), {}, "")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("The rest stays as it is.", "it leaves text out"),
        ("Say no when the plan is wrong. (NEW)", "it marks what was changed"),
        ("Say no &amp; mean it.", "it holds an undecoded character"),
        ("Pay with {card}.", "it holds a placeholder that nothing fills: '{card}'"),
    ],
)
def test_packaging_is_left_out_and_the_pieces_beside_it_stay(intake, pool, words, reason):
    review = intake.review(proposal("Write in few words.", words), pool, new_frame=False)
    assert len(review.welcome) == 1
    assert reason in review.refused[words]


def test_a_piece_without_the_packaging_it_had_is_welcome(intake, pool):
    said = "Say no to the agent whenever a single detail of the plan is wrong"
    assert not intake.review(proposal(f"{said}. (NEW)"), pool, new_frame=False).welcome
    assert intake.review(proposal(f"{said}."), pool, new_frame=False).welcome


def test_a_number_of_the_material_is_left_out_unless_the_first_prompt_numbers(intake, pool):
    numbered = Prompt(FIRST.text.replace("story.\n", "story.\n7. Write in few words.\n"))
    review = intake.review(numbered, pool, new_frame=False)
    assert dict(review.refused) == {
        "Write in few words.": "it carries a number of the material: '7.'"
    }


@pytest.mark.parametrize(
    "heading", ["Here are the improved instructions:", "```", "## Revised prompt"]
)
def test_a_frame_with_packaging_is_left_out(intake, pool, heading):
    text = f"{heading}\n\n- Write in few words.\n\n<scenario>\n{{scenario}}\n</scenario>"
    review = intake.review(Prompt(text), pool, new_frame=True)
    assert review.frame
    assert len(review.welcome) == 1


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        ("{scenario}\n\n{scenario}", "{scenario} stands 2 times"),
        ("{{scenario}}", "'{{scenario}}' stands in the prompt"),
        ("", "'<scenario>' stands for no scenario"),
    ],
)
def test_a_wrong_place_costs_a_proposal_its_frame_and_not_its_pieces(
    intake, pool, place, complaint
):
    text = FIRST.text.replace("{scenario}", place)
    prompt, amiss = read_pieces(text.replace("story.\n", "story.\n- Write in few words.\n"))
    assert complaint in amiss
    words = [piece.words for piece in prompt.pieces]
    assert words == ["Stay with the story.", "Write in few words."]
    assert intake.review(prompt, pool, new_frame=False).welcome


def test_a_right_place_leaves_a_proposal_as_it_is():
    assert read_pieces(FIRST.text) == (FIRST, "")


def test_long_pieces_that_read_alike_where_they_are_quoted_are_told_once(intake, pool):
    long = "It is of great importance that the whole conversation feels natural in every respect a"
    review = intake.review(
        proposal(*(f"{long} customer sees, the {n} time" for n in ("first", "second", "third"))),
        pool,
        new_frame=False,
    )
    assert (len(review.welcome), len(review.refused)) == (1, 2)
    assert str(review).count("left out") == 1
    assert str(review).endswith(" (2 times)")
