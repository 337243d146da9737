"""One proposer for all optimizers: it finds out who asks, takes the present prompt out of the request, changes it, and answers in the form asked for.

    ours     JSON material                      <prompt>...</prompt>
    GEPA     current_instruction, feedback      {"new_instruction": ...}
    MIPROv2  basic_instruction                  proposed_instruction; its summaries get a sentence
    COPRO    basic_ or attempted_instructions   proposed_instruction, built on the best attempt
    SIMBA    modules_defn, two trajectories     module_advice: the new sentences, which SIMBA puts at the end of the prompt
    CAPO     two prompts, or one                <prompt>...</prompt>; of what only one parent has, each piece by a coin

The change is the same for all. In the toy world: a random one of the 12 sentences that is not there yet, in one case of
five one less instead. In the offline world: what `offline/proposer` does, aimed at the dimensions that the request names
as failing, if it names any. Only our optimizer gets the answers that break off: none of the others would notice.
Not covered: what else a real model would make of each optimizer's own request.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from textwrap import dedent

from _bench_calls import said
from _bench_worlds import SENTENCES
from dspy import lm15

from usersim_opt.basics.asking import enclose
from usersim_opt.basics.errors import BadReply
from usersim_opt.models.offline import proposer as offline_proposer
from usersim_opt.models.offline.call import Call
from usersim_opt.tuning.proposal import read_proposal

Mutation = Callable[[str, str, Random], str]
"""Old prompt, the request's text, a generator -> new prompt."""
DROPS = 0.2


class Proposer:
    """The engine behind the role `proposer` in both worlds."""

    def __init__(self, *, toy: bool) -> None:
        self.toy = toy
        self.mutate = toy_mutation if toy else offline_mutation

    def complete(self, request: lm15.Request) -> lm15.Response:
        """An answer in the form that the request asks for."""
        call = Call(
            str(request.system or ""),
            tuple((m.role, m.text or "") for m in request.messages),
            1.0,
            request.config.seed or 0,
        )
        return said(request, self._answer(call))

    def _answer(self, call: Call) -> str:
        material = call.material()
        if material and not self.toy:
            return offline_proposer.answer(call)
        asked = "\n\n".join([call.system, *(text for _, text in call.turns)])
        random = call.random()
        if material:
            return f"<prompt>\n{self.mutate(material['instructions'], asked, random)}\n</prompt>"
        answer = next((answer for word, answer in _FORMS if word in asked), _told)
        return answer(asked, Change(lambda old: self.mutate(old, asked, random), random))


def toy_mutation(old: str, asked: str, random: Random) -> str:
    """One sentence more, or less."""
    there = [sentence for sentence in SENTENCES if sentence in old]
    missing = [sentence for sentence in SENTENCES if sentence not in old]
    if there and (not missing or random.random() < DROPS):
        gone = random.choice(there)
        return "\n".join(
            line for line in old.split("\n") if line.strip() not in (f"- {gone}", gone)
        )
    return inserted(old, [random.choice(missing)])


def offline_mutation(old: str, asked: str, random: Random) -> str:
    """What the stand-in proposer makes of the prompt and of the failures in the request."""
    material = enclose({"instructions": old, "failures": failures_in(asked)})
    for _ in range(50):
        try:
            return read_proposal(
                offline_proposer.answer(
                    Call("", (("user", material),), 1.0, random.getrandbits(31))
                )
            )
        except BadReply:
            continue
    raise AssertionError("fifty broken answers in a row")


def failures_in(asked: str) -> dict[str, list[dict[str, str]]]:
    """The failures that RubricMetric's feedback tells of, by dimension, the most frequent first, in the form of our own material."""
    counts = Counter(re.findall(r"FAILED ([a-z_]+\.[a-z_]+):", asked))
    seen = re.findall(
        r"After the agent's turn (.{1,300}?) the customer replied (.{1,300}?)\.(?:\\n|\n)", asked
    )
    shown = [{"agent": agent, "reply": reply} for agent, reply in seen[:3]]
    return {dimension: shown for dimension, _ in counts.most_common()}


def inserted(old: str, sentences: list[str]) -> str:
    """The sentences as bullets after the last bullet, else before the place of the story, else at the end."""
    lines = old.split("\n")
    bullets = [i for i, line in enumerate(lines) if line.startswith("- ")]
    places = [i for i, line in enumerate(lines) if "{scenario}" in line]
    at = bullets[-1] + 1 if bullets else min(places, default=len(lines))
    return "\n".join([*lines[:at], *(f"- {sentence}" for sentence in sentences), *lines[at:]])


def _field(asked: str, name: str) -> str:
    """An input field of a DSPy request; the last one of that name, the first being its description."""
    found = re.findall(
        rf"\[\[ ## {name} ## \]\]\n(.*?)(?=\n\n\[\[ ## |\n\nRespond with |\Z)", asked, re.DOTALL
    )
    return found[-1].strip("\n") if found else ""


def _fields(**fields: str) -> str:
    """Output fields as DSPy's chat adapter reads them."""
    return "\n\n".join(
        [*(f"[[ ## {name} ## ]]\n{text}" for name, text in fields.items()), "[[ ## completed ## ]]"]
    )


@dataclass(frozen=True)
class Change:
    """The mutation for one request, and the request's generator."""

    of: Callable[[str], str]
    random: Random


def _gepa(asked: str, change: Change) -> str:
    return json.dumps({"new_instruction": change.of(_field(asked, "current_instruction"))})


def _simba(asked: str, change: Change) -> str:
    told = (
        _field(asked, "modules_defn")
        .partition("Original Instructions:")[2]
        .partition("\n" + "-" * 20)[0]
    )
    old = "\n".join(
        line.removeprefix("\t\t").removeprefix("        ") for line in told.split("\n")
    ).strip()
    added: list[str] = []
    while not added:  # it can only add
        added = [
            line
            for line in change.of(old).split("\n")
            if line.strip() and line not in old.split("\n")
        ]
    names = re.findall(r"Module (\w+)", _field(asked, "modules_defn")) or ["next_turn"]
    return _fields(
        discussion="One of them went better.",
        module_advice=json.dumps({names[0]: "\n".join(added)}),
    )


def _copro_first(asked: str, change: Change) -> str:
    return _fields(
        proposed_instruction=change.of(_field(asked, "basic_instruction")),
        proposed_prefix_for_output_field="Reply:",
    )


def _copro(asked: str, change: Change) -> str:
    """Attempts come in increasing order of their scores."""
    listed = re.findall(
        r"Instruction #\d+: (.*?)(?:»»»|»)?\n\[\d+\] ",
        _field(asked, "attempted_instructions"),
        re.DOTALL,
    )
    first, _, rest = listed[-1].partition("\n")
    best = f"{first}\n{dedent(rest)}".rstrip()
    return _fields(proposed_instruction=change.of(best), proposed_prefix_for_output_field="Reply:")


def _mipro(asked: str, change: Change) -> str:
    return _fields(proposed_instruction=change.of(_field(asked, "basic_instruction")))


def _told(asked: str, _: Change) -> str:
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
    mother, father = (
        _between(asked, f"Prompt {n}: ", end).split("\n")
        for n, end in ((1, "Prompt 2: "), (2, "Return the new prompt"))
    )
    kept = [
        line
        for line in mother
        if line in father or not line.startswith("- ") or change.random.random() < 0.5
    ]
    more = [
        line[2:]
        for line in father
        if line.startswith("- ") and line not in mother and change.random.random() < 0.5
    ]
    return f"<prompt>{inserted(chr(10).join(kept), more)}</prompt>"


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
