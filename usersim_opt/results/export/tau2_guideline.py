r"""A prompt as the guideline file of tau2's user simulator.

tau2 sends as system message the whole file, then `\n\n<scenario>\n`, the scenario,
`\n</scenario>`. A prompt without a `{scenario}` place is sent by UserSimulator in exactly that way,
so the file is the prompt; one that ends in that form is cut before it. With the place anywhere else
tau2 would send another message than was measured, and the export is refused.

The file replaces `data/tau2/user_simulator/simulation_guidelines.md` of the installed tau2
(`simulation_guidelines_tools.md` in domains that give the customer tools). The sha256 stands in the
cards beside it, for a byte more would be another prompt. Where tau2's own file stands in the place,
a copy of it is kept as NAME.original.

Not covered: tau2 on a system whose default encoding is not UTF-8 (set PYTHONUTF8=1 there).
"""

from pathlib import Path

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.reading import read_text
from usersim_opt.basics.text import find_phrases
from usersim_opt.customer.prompt import PLACEHOLDER, TAU2_TAIL, Prompt
from usersim_opt.customer.simulator import UserSimulator
from usersim_opt.models.litellm_model import litellm_model_named
from usersim_opt.models.naming import is_offline
from usersim_opt.results.card import Card, card_files, user_model
from usersim_opt.results.export.prompts import Source, simulator_of
from usersim_opt.results.export.writing import Export, card_for

_PLACE = (
    "Put it in the place of `data/tau2/user_simulator/simulation_guidelines.md` of the installed "
    "tau2, byte for byte, and keep a copy of tau2's own. tau2 appends the scenario in the tags "
    "`<scenario>`, which gives the system message that was measured."
)
_TOOLS = (
    "Domains that give the customer tools (telecom) read `simulation_guidelines_tools.md` instead."
)
_NO_TOOLS = (
    "This prompt says nothing of tools, so it is not for them: there `uso.tau.with_tools(prompt)` "
    "has a section on tools, and is another prompt, to be measured by itself."
)
_UNKNOWN_MODEL = (
    "Give `--user-llm` and its arguments as you measure it: tau2's own default is temperature 0, "
    "and an Ollama model is `ollama_chat/NAME` there."
)
_ORIGINALS = ("simulation_guidelines.md", "simulation_guidelines_tools.md")
_SPEAKS_OF_TOOLS = ("tool*", "function*")


@checks_arguments
def export_tau2(simulator: Source, path: str | Path, *, card: Card | None = None) -> Path:
    """Write the prompt as tau2's guideline file, its cards beside it.

    The arguments are those of export_prompt. Raises InputError as that does, and if tau2 would send
    another system message than the one that was measured.
    """
    return make_tau2(simulator_of(simulator), Path(path), card=card).write()


def make_tau2(simulator: UserSimulator, file: Path, *, card: Card | None = None) -> Export:
    """The guideline file with its cards, not yet written."""
    text = guideline(simulator.prompt)
    card = card_for(simulator, card)
    return Export(file, text, card=card, use=use_of(card, text), saved=_saved(file))


def use_of(card: Card, text: str) -> str:
    """What the cards say of how to use the file: where it goes, for which domains and models."""
    tools = "" if find_phrases(text, _SPEAKS_OF_TOOLS) else _NO_TOOLS
    return "\n\n".join([_PLACE, f"{_TOOLS} {tools}".strip(), _model(card)])


def _model(card: Card) -> str:
    """How tau2 is told to call the model that the prompt was measured with."""
    name = user_model(card)
    if not name or is_offline(name):
        return _UNKNOWN_MODEL
    model = litellm_model_named(name, num_ctx=card.get("num_ctx"))
    return (
        f"As measured, with the address of your server: `--user-llm {model.model} "
        f"--user-llm-args '{model.json}'`. tau2's own default is temperature 0, and it adds the "
        "seed of the trial."
    )


def _saved(file: Path) -> dict[Path, str]:
    """A copy of tau2's own file, if that is what stands there and no copy was made before."""
    copy = file.with_name(f"{file.name}.original")
    if file.name not in _ORIGINALS or not file.is_file() or copy.exists():
        return {}
    is_ours = any(card.exists() for card in card_files(file))
    return {} if is_ours else {copy: read_text(file, expected="the guideline file of tau2")}


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
