import pytest

from usersim_opt.customer.pieces import PiecePool
from usersim_opt.customer.prompt import Prompt
from usersim_opt.tuning.guard import Guard
from usersim_opt.tuning.intake import Intake

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
