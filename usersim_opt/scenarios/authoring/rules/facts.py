"""Rules on facts: what customer and criteria take for granted must stand in the story or the chat.

Checked are codes, user ids, numbers and names within a sentence. The agent may bring up anything.
A number counts as known as well if it is a sum, a difference, half or double of known ones, or
within a range such as "10 to 14".

Not covered: facts without a figure or a name ("by night"), and names that begin a sentence.
"""

from usersim_opt.scenarios.authoring.rules import Faults, fault_in, fault_in_turn
from usersim_opt.scenarios.facts import new_codes, new_names, new_numbers
from usersim_opt.scenarios.records import Scenario, Task


def fact_faults(task: Task, scenario: Scenario) -> Faults:
    """Codes, numbers and names in customer turns and criteria that nobody has said before."""
    yield from _in_history(task, scenario)
    yield from _in_criteria(scenario, "\n".join([task.story, *scenario.chat]))


def _in_history(task: Task, scenario: Scenario) -> Faults:
    said = task.story
    for number, turn in enumerate(scenario.history):
        if turn.role == "customer":
            for fact in _new_facts(turn.text, said, task.language):
                yield fault_in_turn(
                    scenario,
                    number,
                    kind="unknown_fact",
                    what=f"{fact!r} is in neither the story nor the chat before",
                    fix="add it to the story or take it out",
                )
        said += "\n" + turn.text


def _new_facts(text: str, said: str, language: str) -> list[str]:
    return [
        *new_codes(text, said),
        *new_numbers(text, said, language),
        *new_names(text, said, language),
    ]


def _in_criteria(scenario: Scenario, said: str) -> Faults:
    for criterion in scenario.criteria:
        stated = f"{criterion.text} {criterion.check or ''}"
        codes = new_codes(stated, said)
        names = new_names(criterion.text, said, scenario.language)
        for fact in [*codes, *names]:
            yield fault_in(
                scenario,
                f"criteria.{criterion.id}",
                kind="unknown_fact",
                what=f"{fact!r} is in neither the story nor the chat",
                fix="spell it as there, or take it out",
            )
