"""Our prompt as a user of tau2: a class that overrides the system message and nothing else.

    uso.tau.user(prompt, lm)        a class with the constructor that tau2 expects
    uso.tau.register(prompt, lm)    the same under a name that tau2's command line takes

The rest stays tau2's own, so the customer keeps its tools where a domain gives it some. There the
prompt is followed by a section about them (tools.txt); prompt and section are one prompt, with one
sha256, and that is what is measured.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import dspy

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.errors import InputError
from usersim_opt.basics.reading import read_text
from usersim_opt.customer.prompt import PLACEHOLDER, TAU2_TAIL, Prompt, as_prompt
from usersim_opt.models.litellm_model import LitellmModel, litellm_model
from usersim_opt.tau.package import tau2

_FILE = Path(__file__).with_name("tools.txt")
_PREFIX, _DIGITS = "usersim_opt-", 12


@cache
def tools_section() -> str:
    """What a customer with tools is told of them."""
    return read_text(_FILE, expected="the section on the customer's tools").strip()


@checks_arguments
def with_tools(prompt: Prompt | str, tools: str | None = None) -> Prompt:
    """The prompt with the section on tools behind it, before the place of the scenario.

    `tools` is the section; None stands for ours, and an empty one leaves the prompt as it is.
    """
    prompt = as_prompt(prompt)
    section = tools_section() if tools is None else tools.strip()
    if not section:
        return prompt
    frame = _before_the_story(prompt.text)
    return Prompt(f"{frame}\n\n{section}{prompt.text[len(frame) :]}")


def _before_the_story(text: str) -> str:
    """A prompt up to tau2's tags where these end it, with manner behind the story or without."""
    opening, _, closing = TAU2_TAIL.partition(PLACEHOLDER)
    before, place, _ = text.rpartition(opening + PLACEHOLDER)
    return before if place and text.endswith(closing) else text


def named_prompts(prompts: Any) -> dict[str, Prompt]:
    """Prompts by their names; one alone is called `prompt`. InputError for what is none."""
    if isinstance(prompts, Prompt | str):
        return {"prompt": as_prompt(prompts)}
    if not isinstance(prompts, Mapping) or not prompts:
        raise InputError(
            f"the prompts are a {type(prompts).__name__}; expected a prompt, or some by their names"
        )
    named = {str(name): as_prompt(prompt) for name, prompt in prompts.items()}
    if len({prompt.sha256 for prompt in named.values()}) < len(named):
        raise InputError("two of the prompts are the same text; expected different ones")
    return named


@checks_arguments
def user(
    prompt: Prompt | str, lm: dspy.LM | LitellmModel | None = None, *, tools: str | None = None
) -> type[Any]:
    """A user class for tau2 that plays by the prompt.

    With `lm` it calls that model whatever tau2 is told, else the one that tau2 is given. `tools` as
    in `with_tools`. Raises InputError where no tau2 is installed, and for an offline stand-in.
    """
    model = litellm_model(lm) if isinstance(lm, dspy.LM) else lm
    plain, equipped = as_prompt(prompt), with_tools(prompt, tools)

    class Customer(tau2().UserSimulator):  # type: ignore[misc]
        """A customer by a prompt of ours."""

        if model is not None:

            def __init__(self, **given: Any) -> None:
                super().__init__(**given | {"llm": model.model, "llm_args": model.sent})

        @property
        def system_prompt(self) -> str:
            """The system message that was measured."""
            told = equipped if self.tools else plain
            return told.fill(str(self.instructions))

    return Customer


@checks_arguments
def register(prompt: Prompt | str, lm: dspy.LM | LitellmModel | None = None) -> str:
    """Make the prompt known to tau2's registry and return its name, `usersim_opt-` and a digest.

    The name stands in tau2's results, the only trace of the prompt there. Twice is fine; what was
    registered first stays, tau2 gives no name back.
    """
    name = _PREFIX + as_prompt(prompt).sha256[:_DIGITS]
    registry = tau2().registry
    if name not in registry.get_users():
        registry.register_user(user(prompt, lm), name)
    return name
