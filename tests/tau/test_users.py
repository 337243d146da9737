"""The section on the customer's tools, and where it stands in a prompt."""

from conftest import ROOT

from usersim_opt.customer.prompt import TAU2_TAIL, Prompt
from usersim_opt.tau.users import tools_section, with_tools


def test_the_section_that_ships_is_the_one_that_is_used():
    shipped = ROOT / "optimized" / "tau2" / "tools.txt"
    used = ROOT / "usersim_opt" / "tau" / "tools.txt"
    assert shipped.read_bytes() == used.read_bytes()
    assert shipped.read_text().strip() == tools_section()


def test_it_stands_behind_the_prompt_and_before_the_scenario():
    plain, tailed = with_tools("Play."), with_tools(f"Play.{TAU2_TAIL}")
    assert plain.text == f"Play.\n\n{tools_section()}"
    assert tailed.text == f"{plain.text}{TAU2_TAIL}"
    assert plain.fill("S") == tailed.fill("S")
    assert with_tools("You: {scenario}\nPlay.").text.endswith(tools_section())


def test_a_section_of_your_own_or_none():
    assert with_tools("Play.", "Call it.").text == "Play.\n\nCall it."
    assert with_tools("Play.", "") == Prompt("Play.")
