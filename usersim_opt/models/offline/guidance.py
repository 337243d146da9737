"""Which kinds of guidance a prompt gives, in any wording that says it.

A kind is found in a sentence or bullet in which all its groups of words occur. A sentence that says the opposite counts
against it. What a prompt contradicts, or says on too many pages, is followed less.

Not covered: irony, and guidance spread over several sentences.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from usersim_opt.customer.prompt import PLACEHOLDER, parts_of

_NOT = r"(?:\bnot\b|n't\b|\bnever\b|\bno\b|\bavoid|\bwithout\b|\brefrain|\bstop\b|\bskip|\bleave out|\binstead of|\brather than|\bnothing\b|\bnone\b|\bfree of\b|\bwrong to\b|\bneither\b|\bseldom|\brarely|\bhardly|\bdrop\b|\bspare)"


@dataclass(frozen=True)
class Kind:
    """Groups of which each must occur in one sentence, and what says the opposite."""

    needs: tuple[str, ...]
    against: tuple[str, ...] = ()


KINDS: Mapping[str, Kind] = {
    "brief": Kind(
        (r"\b(?:short|brief|briefly|concise|terse|compact|few words|a handful of words|one line|single line|a line\b|one or two|curt|fragments?|clipped|to the point|under \w+ words|at most \w+ words|no more than|three words)",),
        (r"\b(?:long|detailed|thorough|elaborate|in full|at length|extensive|comprehensive) (?:messages?|answers?|replies|sentences|explanations?)|\bexplain (?:everything|in detail|fully)|\bfull detail",),
    ),
    "no_thanks": Kind(
        (r"\b(?:thank|thanks|thanking|please|courte|polite|politeness|gratitude|apolog|sorry|pleasantr|grateful)", _NOT),
        (r"\b(?:always|be|stay|remain|very|extremely) (?:\w+ )?(?:polite|courteous|grateful|thankful)|\balways (?:thank|say thank|apologi)|\bthank the agent (?:for|in|at|often|each|every)",),
    ),
    "casual": Kind(
        (r"\b(?:casual|informal|lower ?case|typos?|fragments?|colloquial|everyday|plain words|contractions|abbreviat|like (?:a )?(?:people|person|text|texting)|(?:as|how|the way) people (?:really )?(?:type|write|text|chat)|on a phone|half sentences|sloppy)",),
        (r"\b(?:formal|professional|correct grammar|complete sentences|well-written|polished) ?(?:tone|language|english|style|sentences|messages)?\b(?!.*\bnot\b)",),
    ),
    "no_repeat": Kind((r"\b(?:repeat|repeating|restate|say again|say it again|said (?:before|already|once)|already (?:said|given|told)|twice|sum up|summari|recap)", _NOT)),
    "in_role": Kind(
        (r"\b(?:assistant|agent'?s? (?:role|lines|part|words|work|job)|(?:sound|talk|speak|act|write) like (?:an? |the )?(?:agent|assistant|service)|offer (?:help|assistance)|help the agent|assist|customer, not|not the one who helps)", _NOT),
        (r"\bhelp the agent (?:do|with|by)|\bbe helpful|\bas helpful as",),
    ),
    "no_ack": Kind((r"\b(?:acknowledg|confirm|understood|got it|sum up|summari|recap|echo|agree(?:ing)? to each|say yes to each|narrate|comment on each)", _NOT)),
    "vary": Kind((r"\b(?:vary|varied|variety|different (?:each|every|from|words|openings?|lengths?|ways)|differ from|change (?:the|your) (?:wording|opening|length|style)|(?:do not|don't|never|no two|avoid)[^.]{0,40} same (?:opening|words|phrase|way|beginning))",)),
    "hold_back": Kind(
        (r"\b(?:first (?:message|turn|line|thing|words)|open(?:ing)?\b|start|begin|initial|at once|all at once|up ?front|from the outset)",
         r"\b(?:only|just|nothing more|no (?:details|codes|payment)|need\b|broad|bare|in general|one thing|hold back|keep back|do(?:n't| not) (?:give|tell|list|reveal|say|put|share|pour|unload|dump)|never (?:give|tell|list|reveal)|not everything|without (?:details|codes|ids|payment))"),
        (r"\b(?:first message|open(?:ing)?|start)\b.*\b(?:all|every|complete|full) (?:the )?(?:details?|information|facts)|\bgive (?:the agent )?all (?:the )?(?:details|information)",),
    ),
    "answer_asked": Kind(
        (r"\b(?:ask(?:s|ed)?(?: for| about)?|question|wanted|request(?:s|ed)?)\b", r"\b(?:only|just|nothing (?:more|else|beyond)|no more|not (?:more|add)|do(?:n't| not) (?:add|volunteer|offer)|never (?:add|volunteer)|one (?:thing|detail|identifier|fact)|the (?:one|thing) (?:that )?(?:was|is)|volunteer)"),
    ),
    "keep_doubt": Kind(
        (r"\b(?:unsure|uncertain|not sure|doubt|doubts|vague|hesita|\"?i think\"?|believes?|forg[eo]t|do(?:es)? not (?:know|remember)|don't (?:know|remember)|half-remember|memory|misremember|guess)",
         r"\b(?:stay|stays|remain|keep|show|say|sound|admit|express|let|as (?:a )?(?:guess|doubt|belief)|hedg|never (?:turn|sound|make)|do(?:n't| not) (?:turn|sound|make|pretend)|so\b|instead|\"?i think\"?|leave)"),
    ),
    "no_invent": Kind((r"\b(?:invent|make up|made[- ]up|making up|fabricat|hallucinat|add facts|guess (?:a|the|codes|numbers)|not in (?:the|your) (?:scenario|story)|does(?:n't| not) (?:contain|hold|say)|supply)", _NOT)),
    "push_back": Kind(
        (r"\b(?:wrong|mistake|mistaken|misunderst|mix(?:es|ed)? (?:it |things )?up|incorrect|error|false|not what (?:you|they) (?:want|asked|said)|differs?|plan|summary)\b",
         r"\b(?:correct (?:it|them|the|that|him)|correction|push(?:es)? back|object|refus|say no|reject|contradict|disagree|protest|never (?:agree|accept|confirm)|do(?:n't| not) (?:agree|accept|confirm|let|go along|approve)|point (?:it )?out|set (?:it|them) (?:right|straight)|put (?:it|them) right)"),
        (r"\b(?:accept|agree (?:to|with)|go along with) (?:whatever|everything|anything|all)|\btrust the agent",),
    ),
    "ask_meaning": Kind((r"\b(?:unclear|confus|do(?:n't| not) (?:understand|follow|get)|too (?:much|many|long)|several (?:things|questions)|long (?:question|list|message)|jargon|vague|oversized|big question|what (?:they|the agent|it) means?)", r"\b(?:ask|question|what do you mean|which one|query|clarif|answer (?:only )?(?:a part|the part|part|half|one|the first)|push back|most important part)")),
    "ask_info": Kind((r"\b(?:cost|price|fee|how much|how long|options?|what happens|conditions?|status|what (?:it|that) means for)\b", r"\b(?:ask|want to know|wants? to hear|find out|inquire|question|before (?:agreeing|deciding|you agree|saying yes))")),
    "show_feeling": Kind(
        (r"\b(?:annoy|irritat|frustrat|angry|anger|upset|impatien|feeling|emotion|temper|displeas|disappoint|short-tempered|worried|lose patience|grumbl|complain)",),
        (r"\b(?:stay|remain|be|always) (?:\w+ )?(?:calm|cheerful|friendly|positive|patient|understanding)\b",),
    ),
    "no_insult": Kind((r"\b(?:insult|accus|blam|abus|name-?call|swear|personal attack|rude|offend)", _NOT), (r"\b(?:blame|accuse|insult) the (?:agent|airline|company)",)),
    "lock_fallback": Kind(
        (r"\b(?:fallback|fall back|alternativ|compromise|plan b|second choice|concession|condition|conditional|workaround|other option|give way|\"?only if\"?|backup|settle for|way out)",
         r"\b(?:until|unless|only (?:after|when|once|if)|before|after|yet|not (?:mention|reveal|bring|offer|volunteer)|do(?:n't| not) (?:mention|reveal|bring|offer|volunteer)|never (?:mention|reveal|offer)|keep|hold|lock|secret|to yourself|wait)"),
        (r"\b(?:mention|offer|reveal) (?:the |your )?(?:fallback|alternativ|compromise)\w* (?:early|at once|right away|up ?front)",),
    ),
    "no_meta": Kind((r"\b(?:instruction|scenario|story|prompt|role|playing|simulat|narrat|stage direction|these (?:rules|notes)|hidden|private|notes|script|behind the scenes|memory, not|your head|explain yourself)", r"(?:" + _NOT + r"|\bonly the (?:next )?message|\bsecret|\bto yourself|\bmemory\b)")),
    "privacy": Kind((r"\b(?:sensitive|card numbers?|full card|security codes?|passwords?|passport|private data|personal data|identity documents?|secrets?|too early|too personal)", r"(?:" + _NOT + r"|\bdeclin|\brefus|\bask why|\bwhy\b|\bwary|\bcareful|\bquestion)")),
}  # fmt: skip
"""Kinds of guidance, by the behaviour that they ask for."""


@dataclass(frozen=True)
class Guidance:
    """What a prompt asks for: from -1 (the opposite) over 0 (nothing) to 1, by kind; and how far it is followed at all."""

    kinds: Mapping[str, float]
    attention: float

    def strength(self, kind: str) -> float:
        """How strongly a kind of behaviour is asked for and followed."""
        return self.kinds[kind] * self.attention


@lru_cache(maxsize=512)
def read_guidance(text: str) -> Guidance:
    """Read an instruction text without its private scenario."""
    pieces = [part.words.lower() for part in parts_of(text) if part.words] if text.strip() else []
    found = {name: _found(kind, pieces) for name, kind in KINDS.items()}
    contradictions = sum(for_it and against for for_it, against in found.values())
    kinds = {
        name: (0.4 if against else 1.0) if for_it else (-1.0 if against else 0.0)
        for name, (for_it, against) in found.items()
    }
    too_long = max(0.0, len(text) - 4_000) / 10_000
    return Guidance(
        kinds,
        attention=max(
            0.3, 0.94 - 0.06 * contradictions - too_long - 0.004 * max(0, len(pieces) - 30)
        ),
    )


_DENIAL = re.compile(
    r"(?:\bnot|n't|\bnever|\bavoid|\bno need to|\bstop|\bwithout|\bnobody)(?:\W+\w+){0,3}\W+\Z"
)
_STARTS_DENYING = re.compile(r"(?:do(?:es)? not|do(?:es)?n't|never|no\b|not\b|avoid|refus)")


def _found(kind: Kind, pieces: list[str]) -> tuple[bool, bool]:
    """Whether a piece asks for the kind, and whether one asks for the opposite; a denied wish counts as the opposite."""
    asked = [piece for piece in pieces if all(re.search(group, piece) for group in kind.needs)]
    denied = [piece for piece in asked if _denies(kind, piece)]
    opposed = [
        piece for piece in pieces if any(_affirmed(pattern, piece) for pattern in kind.against)
    ]
    return any(piece not in denied and piece not in opposed for piece in asked), bool(
        denied or opposed
    )


def _denies(kind: Kind, piece: str) -> bool:
    """Whether a sentence with all the words of a kind says not to do it, and the kind is not itself a denial."""
    matches = [found for group in kind.needs if (found := re.search(group, piece))]
    if any(_NOT in group for group in kind.needs) or any(
        _STARTS_DENYING.match(found.group()) for found in matches
    ):
        return False
    return any(_DENIAL.search(piece[: found.start()]) for found in matches)


def _affirmed(pattern: str, piece: str) -> bool:
    found = re.search(pattern, piece)
    return found is not None and not _DENIAL.search(piece[: found.start()])


def split_system(system: str) -> tuple[str, str]:
    """A system message as (instructions, private story), by the tags, headings or wording that set the story apart."""
    tagged = re.search(r"<(scenario|story|task)>\s*(.*)\s*</\1>", system, re.DOTALL | re.I)
    if tagged:
        return system[: tagged.start()] + PLACEHOLDER + system[tagged.end() :], tagged.group(2)
    headed = re.search(
        r"(?:^|\n)[#* ]*(?:your )?(?:private )?(?:scenario|story|instruction|task)s?[*]*:?\s*\n(.*)\Z",
        system,
        re.DOTALL | re.I,
    )
    if headed:
        return system[: headed.start(1)] + PLACEHOLDER, headed.group(1)
    paragraphs = system.split("\n\n")
    told = max(
        range(len(paragraphs)), key=lambda i: len(re.findall(r"\d", paragraphs[i])), default=0
    )
    return "\n\n".join([*paragraphs[:told], PLACEHOLDER, *paragraphs[told + 1 :]]), paragraphs[told]
