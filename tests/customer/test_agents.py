import dspy
import pytest
from helpers import scripted
from hostile import HOSTILE

import usersim_opt as uso
from usersim_opt.basics.errors import InputError
from usersim_opt.customer.agents import fault_of, side_of

HISTORY = [
    {"role": "agent", "content": "Hi!"},
    {"role": "customer", "content": "please move my flight"},
]


@pytest.mark.parametrize(
    "answer",
    [
        "Your booking:\n- **Customer:** Mia Kim\n- **Passenger:** Mia Kim",
        "Booked.\n  * User: mia_4410\n1. Customer: Mia",
        "The customer: that is you.",
        "Customer name and date, please.",
        "Our customer service is closed.",
        "Please move my flight? Sure, which one?",
    ],
)
def test_a_summary_with_the_customer_s_name_is_no_fault(answer):
    assert fault_of(answer, HISTORY) is None


@pytest.mark.parametrize(
    "answer",
    ["Customer: yes", "Sure.\n**Customer:** yes", "[user]: yes", "USER : yes", "<human>: yes"],
)
def test_a_line_with_the_customer_s_label_is_one(answer):
    assert fault_of(answer, HISTORY)[0] == "agent_role"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_answer_is_looked_at_without_an_error(text):
    fault_of(text, [*HISTORY, {"role": "agent", "content": text}, HISTORY[-1]])


def test_the_same_is_a_loop_only_three_times_in_a_row():
    def history(*own):
        turns = [{"role": "agent", "content": text} for text in own]
        return [*turns, HISTORY[-1]]

    assert fault_of("Which?", history("Which?", "When?", "Which?")) is None
    assert fault_of("Which?", history("Which?", "Which?"))[0] == "agent_loop"


def test_the_price_of_a_turn_is_one_or_the_predictors_of_a_module():
    class Two(dspy.Module):
        def __init__(self):
            super().__init__()
            self.think, self.say = dspy.Predict("a -> b"), dspy.Predict("b -> c")

        def forward(self, history):
            return "Which one?"

    lm, _ = scripted("a")
    prices = [side_of(agent).price for agent in (Two(), uso.LMAgent(lm), len)]
    assert prices == [2, 1, 1]


def test_a_module_without_forward_is_refused():
    with pytest.raises(InputError, match="no forward"):
        side_of(dspy.Module())


def test_an_agent_is_known_by_its_name():
    lm, _ = scripted("a")
    assert side_of(uso.LMAgent(lm, "p")).name.startswith("scripted/model with policy ")
    assert side_of(len).name == "len"
