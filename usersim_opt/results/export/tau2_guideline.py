r"""A prompt as the guideline file of tau2's user simulator.

tau2 sends as system message the whole file, then `\n\n<scenario>\n`, the scenario,
`\n</scenario>`. A prompt without a `{scenario}` place is sent by UserSimulator in exactly that way,
so the file is the prompt; one that ends in that form is cut before it. With the place anywhere else
tau2 would send another message than was measured, and the export is refused.

The file replaces `data/tau2/user_simulator/simulation_guidelines.md` of the installed tau2
(`simulation_guidelines_tools.md` in domains that give the customer tools). The sha256 stands in the
cards beside it, for a byte more would be another prompt.

Not covered: tau2 on a system whose default encoding is not UTF-8 (set PYTHONUTF8=1 there); the
customer's tools.
"""

from pathlib import Path

from usersim_opt.basics.errors import InputError
from usersim_opt.customer.prompt import PLACEHOLDER, TAU2_TAIL, Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.results.card import Card
from usersim_opt.results.export.writing import Export, card_for

USE = (
    "Put it in the place of `data/tau2/user_simulator/simulation_guidelines.md` of the installed "
    "tau2 (`simulation_guidelines_tools.md` in domains with user tools), byte for byte. tau2 "
    "appends the scenario in the tags `<scenario>`, which gives the system message that was "
    "measured. Give `--user-llm` and its arguments as measured: tau2's own default is "
    "temperature 0."
)
"""What the cards say of how to use the file."""


def export_tau2(simulator: UserSimulator, path: str | Path, *, card: Card | None = None) -> Path:
    """Write the prompt as tau2's guideline file, its cards beside it; `card` as in export_prompt.

    Raises InputError as export_prompt, and if tau2 would send another system message than the one
    that was measured.
    """
    return make_tau2(simulator, Path(path), card=card).write()


def make_tau2(simulator: UserSimulator, file: Path, *, card: Card | None = None) -> Export:
    """The guideline file with its cards, not yet written."""
    text = guideline(simulator.prompt)
    return Export(file, text, card=card_for(simulator, card), use=USE)


def guideline(prompt: Prompt) -> str:
    """The text of the guideline file.

    InputError for a prompt of which no file gives the system message that was measured.
    """
    text = prompt.text.removesuffix(TAU2_TAIL)
    if PLACEHOLDER in text:
        raise InputError(
            f"{PLACEHOLDER} stands inside the prompt, but tau2 puts the scenario behind its "
            "guideline file, so it would send another system message than was measured. "
            "Either override `system_prompt` of tau2's UserSimulator by "
            f"text.replace('{PLACEHOLDER}', str(self.instructions)), "
            f"or end the prompt in {TAU2_TAIL!r} and measure it again"
        )
    return text
