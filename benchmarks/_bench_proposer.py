"""One proposer for all optimizers.

It finds out who asks, takes the present prompt out of the request, changes it, and answers in the
form that was asked for.

    ours     JSON material                      <prompt>...</prompt>
    GEPA     current_instruction, feedback      {"new_instruction": ...}
    MIPROv2  basic_instruction                  proposed_instruction; its summaries get a sentence
    COPRO    basic_ or attempted_instructions   proposed_instruction, built on the best attempt
    SIMBA    modules_defn, two trajectories     module_advice: the new sentences, which SIMBA puts
                                                at the end of the prompt
    CAPO     two prompts, or one                <prompt>...</prompt>; of what only one parent has,
                                                each piece by a coin

The change is the same for all. In the toy world: a random one of the 12 sentences that is not there
yet; one time in five a sentence less instead. In the offline world: what `offline/proposer` does,
aimed at the dimensions that the request names as failing, if it names any. Only our optimizer gets
the answers that break off: none of the others would notice. Not covered: what else a real model
would make of each optimizer's own request.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from textwrap import dedent

from _bench_calls import plain_answer
from _bench_worth import SENTENCES
from dspy import lm15

from usersim_opt.basics.asking import enclose
from usersim_opt.basics.errors import BadReply
from usersim_opt.models.offline import proposer as offline_proposer
from usersim_opt.models.offline.call import Call
from usersim_opt.tuning.proposal import read_proposal

Mutation = Callable[[str, str, Random], str]
"""Old prompt, the request's text, a generator -> new prompt."""
DROPS = 0.2
"""How often a sentence goes instead of coming."""
MOST_TRIES = 50
"""Answers of the stand-in proposer that may break off in a row."""


class Proposer:
    """The engine behind the role `proposer` in both worlds."""

    def __init__(self, *, toy: bool) -> None:
        self.toy = toy
        self.mutate = toy_mutation if toy else offline_mutation

    def complete(self, request: lm15.Request) -> lm15.Response:
        """An answer in the form that the request asks for."""
        turns = tuple((m.role, m.text or "") for m in request.messages)
        call = Call(str(request.system or ""), turns, 1.0, request.config.seed or 0)
        return plain_answer(request, self._answer(call))

    def _answer(self, call: Call) -> str:
        material = call.material()
        if material and not self.toy:
            return offline_proposer.answer(call)
        asked = "\n\n".join([call.system, *(text for _, text in call.turns)])
        random = call.random()
        if material:
            return f"<prompt>\n{self.mutate(material['instructions'], asked, random)}\n</prompt>"
        answer = next((answer for word, answer in _FORMS if word in asked), _summary)
        return answer(asked, Change(lambda old: self.mutate(old, asked, random), random))


def toy_mutation(old: str, asked: str, random: Random) -> str:
    """One sentence more, or less."""
    there = [sentence for sentence in SENTENCES if sentence in old]
    missing = [sentence for sentence in SENTENCES if sentence not in old]
    if there and (not missing or random.random() < DROPS):
        gone = random.choice(there)
        rest = [line for line in old.split("\n") if line.strip() not in (f"- {gone}", gone)]
        return "\n".join(rest)
    return inserted(old, [random.choice(missing)])


def offline_mutation(old: str, asked: str, random: Random) -> str:
    """What the stand-in proposer makes of the prompt and of the failures in the request."""
    material = enclose({"instructions": old, "failures": failures_in(asked)})
    for _ in range(MOST_TRIES):
        call = Call("", (("user", material),), 1.0, random.getrandbits(31))
        try:
            return read_proposal(offline_proposer.answer(call))
        except BadReply:  # it broke off
            continue
    raise AssertionError(f"{MOST_TRIES} broken answers in a row")


def failures_in(asked: str) -> dict[str, list[dict[str, str]]]:
    """The failures in RubricMetric's feedback, by dimension, the most frequent first.

    They have the form of our own material.
    """
    counts = Counter(re.findall(r"FAILED ([a-z_]+\.[a-z_]+):", asked))
    exchanges = re.findall(
        r"After the agent's turn (.{1,300}?) the customer replied (.{1,300}?)\.(?:\\n|\n)", asked
    )
    examples = [{"agent": agent, "reply": reply} for agent, reply in exchanges[:3]]
    return {dimension: examples for dimension, _ in counts.most_common()}


def inserted(old: str, sentences: list[str]) -> str:
    """The sentences as bullets: after the last bullet, else before the story, else at the end."""
    lines = old.split("\n")
    bullets = [i for i, line in enumerate(lines) if line.startswith("- ")]
    places = [i for i, line in enumerate(lines) if "{scenario}" in line]
    at = bullets[-1] + 1 if bullets else min(places, default=len(lines))
    new = [f"- {sentence}" for sentence in sentences]
    return "\n".join([*lines[:at], *new, *lines[at:]])


def _field(asked: str, name: str) -> str:
    """An input field of a DSPy request: the last one of that name; the first is its description."""
    end = r"(?=\n\n\[\[ ## |\n\nRespond with |\Z)"
    texts = re.findall(rf"\[\[ ## {name} ## \]\]\n(.*?){end}", asked, re.DOTALL)
    return texts[-1].strip("\n") if texts else ""


def _fields(**fields: str) -> str:
    """Output fields as DSPy's chat adapter reads them."""
    blocks = [f"[[ ## {name} ## ]]\n{text}" for name, text in fields.items()]
    return "\n\n".join([*blocks, "[[ ## completed ## ]]"])


@dataclass(frozen=True)
class Change:
    """The mutation for one request, and the request's generator."""

    of: Callable[[str], str]
    random: Random


def _gepa(asked: str, change: Change) -> str:
    return json.dumps({"new_instruction": change.of(_field(asked, "current_instruction"))})


def _simba(asked: str, change: Change) -> str:
    modules = _field(asked, "modules_defn")
    old = _simba_instructions(modules)
    added: list[str] = []
    while not added:  # SIMBA's advice can only add, so a change that takes away is drawn again
        new = change.of(old).split("\n")
        added = [line for line in new if line.strip() and line not in old.split("\n")]
    names = re.findall(r"Module (\w+)", modules) or ["next_turn"]
    advice = json.dumps({names[0]: "\n".join(added)})
    return _fields(discussion="One of them went better.", module_advice=advice)


def _simba_instructions(modules: str) -> str:
    """The prompt as SIMBA's description of the modules quotes it, indented."""
    _, _, rest = modules.partition("Original Instructions:")
    quoted, _, _ = rest.partition("\n" + "-" * 20)
    lines = [line.removeprefix("\t\t").removeprefix("        ") for line in quoted.split("\n")]
    return "\n".join(lines).strip()


def _copro_first(asked: str, change: Change) -> str:
    return _fields(
        proposed_instruction=change.of(_field(asked, "basic_instruction")),
        proposed_prefix_for_output_field="Reply:",
    )


def _copro(asked: str, change: Change) -> str:
    """Attempts come in increasing order of their scores, so the last one is the best."""
    attempts = _field(asked, "attempted_instructions")
    texts = re.findall(r"Instruction #\d+: (.*?)(?:»»»|»)?\n\[\d+\] ", attempts, re.DOTALL)
    first, _, rest = texts[-1].partition("\n")
    best = f"{first}\n{dedent(rest)}".rstrip()
    return _fields(proposed_instruction=change.of(best), proposed_prefix_for_output_field="Reply:")


def _mipro(asked: str, change: Change) -> str:
    return _fields(proposed_instruction=change.of(_field(asked, "basic_instruction")))


def _summary(asked: str, _: Change) -> str:
    """A sentence for whatever summary is asked for."""
    name = re.findall(r"starting with the field `\[\[ ## (\w+) ## \]\]`", asked)[-1]
    return _fields(**{name: "A customer writes the next message to a company."})


def _between(asked: str, start: str, end: str) -> str:
    return asked.partition(start)[2].partition(end)[0].strip()


def _capo_mutation(asked: str, change: Change) -> str:
    return f"<prompt>{change.of(_between(asked, 'Prompt: ', 'Return the new prompt'))}</prompt>"


def _capo_variation(asked: str, change: Change) -> str:
    return f"<prompt>{change.of(_between(asked, 'Input: ', 'Output:'))}</prompt>"


def _capo_crossover(asked: str, change: Change) -> str:
    """The mother's text, with and without the lines that only one of the two has."""
    mother = _between(asked, "Prompt 1: ", "Prompt 2: ").split("\n")
    father = _between(asked, "Prompt 2: ", "Return the new prompt").split("\n")

    def heads() -> bool:
        return change.random.random() < 0.5

    hers = [line for line in mother if line in father or not line.startswith("- ") or heads()]
    his = [line[2:] for line in father if line.startswith("- ") and line not in mother and heads()]
    child = inserted("\n".join(hers), his)
    return f"<prompt>{child}</prompt>"


_FORMS: tuple[tuple[str, Callable[[str, Change], str]], ...] = (
    ("`new_instruction`", _gepa),
    ("module_advice", _simba),
    ("attempted_instructions", _copro),
    ("proposed_prefix_for_output_field", _copro_first),
    ("proposed_instruction", _mipro),
    ("merge the two prompts", _capo_crossover),
    ("rephrase the prompt", _capo_mutation),
    ("single variation of the following", _capo_variation),
)
"""How to answer, by a word of the request; the first that fits."""
