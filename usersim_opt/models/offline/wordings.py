"""The kinds of guidance that the stand-in for the user knows, each by the words that ask for it.

The patterns are for pieces of a prompt in lower case.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_NOT = (
    r"(?:\bnot\b|n't\b|\bnever\b|\bno\b|\bavoid|\bwithout\b|\brefrain|\bstop\b|\bskip"
    r"|\bleave out|\binstead of|\brather than|\bnothing\b|\bnone\b|\bfree of\b|\bwrong to\b"
    r"|\bneither\b|\bseldom|\brarely|\bhardly|\bdrop\b|\bspare)"
)


@dataclass(frozen=True)
class Kind:
    """Groups of which each must occur in one sentence, and what says the opposite."""

    needs: tuple[str, ...]
    against: tuple[str, ...] = ()
    failing: float = 0.65
    """How often the failing shows in a moment that invites it, where nothing speaks against it."""

    @property
    def is_denial(self) -> bool:
        """Whether it asks not to do something."""
        return any(_NOT in group for group in self.needs)


KINDS: Mapping[str, Kind] = {
    "brief": Kind(
        needs=(
            (
                r"\b(?:short|brief|briefly|concise|terse|compact|few words|a handful of words"
                r"|one line|single line|a line\b|one or two|curt|fragments?|clipped"
                r"|to the point|under \w+ words|at most \w+ words|no more than|three words)"
            ),
        ),
        against=(
            (
                r"\b(?:long|detailed|thorough|elaborate|in full|at length|extensive"
                r"|comprehensive) (?:messages?|answers?|replies|sentences|explanations?)"
                r"|\bexplain (?:everything|in detail|fully)|\bfull detail"
            ),
        ),
    ),
    "no_thanks": Kind(
        needs=(
            (
                r"\b(?:thank|thanks|thanking|please|courte|polite|politeness|gratitude|apolog"
                r"|sorry|pleasantr|grateful)"
            ),
            _NOT,
        ),
        against=(
            (
                r"\b(?:always|be|stay|remain|very|extremely) (?:\w+ )?(?:polite|courteous"
                r"|grateful|thankful)|\balways (?:thank|say thank|apologi)"
                r"|\bthank the agent (?:for|in|at|often|each|every)"
            ),
        ),
    ),
    "casual": Kind(
        needs=(
            (
                r"\b(?:casual|informal|lower ?case|typos?|fragments?|colloquial|everyday"
                r"|plain words|contractions|abbreviat|like (?:a )?(?:people|person|text"
                r"|texting)|(?:as|how|the way) people (?:really )?(?:type|write|text|chat)"
                r"|on a phone|half sentences|sloppy)"
            ),
        ),
        against=(
            (
                r"\b(?:formal|professional|correct grammar|complete sentences|well-written"
                r"|polished) ?(?:tone|language|english|style|sentences"
                r"|messages)?\b(?!.*\bnot\b)"
            ),
        ),
    ),
    "no_repeat": Kind(
        needs=(
            (
                r"\b(?:repeat|repeating|restate|say again|say it again|said (?:before|already"
                r"|once)|already (?:said|given|told)|twice|sum up|summari|recap)"
            ),
            _NOT,
        ),
    ),
    "in_role": Kind(
        needs=(
            (
                r"\b(?:assistant|agent'?s? (?:role|lines|part|words|work|job)|(?:sound|talk"
                r"|speak|act|write) like (?:an? |the )?(?:agent|assistant|service)"
                r"|offer (?:help|assistance)|help the agent|assist|customer, not"
                r"|not the one who helps)"
            ),
            _NOT,
        ),
        against=(r"\bhelp the agent (?:do|with|by)|\bbe helpful|\bas helpful as",),
    ),
    "no_ack": Kind(
        needs=(
            (
                r"\b(?:acknowledg|confirm|understood|got it|sum up|summari|recap|echo"
                r"|agree(?:ing)? to each|say yes to each|narrate|comment on each)"
            ),
            _NOT,
        ),
    ),
    "vary": Kind(
        failing=0.5,
        needs=(
            (
                r"\b(?:vary|varied|variety|different (?:each|every|from|words|openings?"
                r"|lengths?|ways)|(?:do not|don't|never|no need to) (?:use|say|write)"
                r" the agent's name|(?:do not|don't|never) (?:greet|open with a greeting)"
                r"|no greeting|differ from|change (?:the|your) (?:wording|opening|length"
                r"|style)|(?:do not|don't|never|no two|avoid)[^.]{0,40} same (?:opening|words"
                r"|phrase|way|beginning))"
            ),
        ),
    ),
    "hold_back": Kind(
        needs=(
            (
                r"\b(?:first (?:message|turn|line|thing|words)|open(?:ing)?\b|start|begin"
                r"|what it is about|one or two facts"
                r"|initial|at once|all at once|up ?front|from the outset)"
            ),
            (
                r"\b(?:only|just|nothing more|no (?:details|codes|payment)|need\b|broad|bare"
                r"|one short line|wait until (?:somebody|someone|the agent) asks"
                r"|in general|one thing|hold back|keep back|do(?:n't| not) (?:give|tell|list"
                r"|reveal|say|put|share|pour|unload|dump)|never (?:give|tell|list|reveal)"
                r"|not everything|without (?:details|codes|ids|payment))"
            ),
        ),
        against=(
            (
                r"\b(?:first message|open(?:ing)?|start)\b.*\b(?:all|every|complete"
                r"|full) (?:the )?(?:details?|information|facts)"
                r"|\bgive (?:the agent )?all (?:the )?(?:details|information)"
            ),
        ),
    ),
    "answer_asked": Kind(
        needs=(
            r"\b(?:ask(?:s|ed)?(?: for| about)?|question|wanted|request(?:s|ed)?)\b",
            (
                r"\b(?:only|just|nothing (?:more|else|beyond)|no more|not (?:more|add)"
                r"|do(?:n't| not) (?:add|volunteer|offer)|never (?:add|volunteer)|one (?:thing"
                r"|detail|identifier|fact)|the (?:one|thing) (?:that )?(?:was|is)|volunteer)"
            ),
        ),
    ),
    "keep_doubt": Kind(
        needs=(
            (
                r"\b(?:unsure|uncertain|not sure|doubt|doubts|vague|hesita|\"?i think\"?"
                r"|believes?|forg[eo]t|do(?:es)? not (?:know|remember)|don't (?:know|remember)"
                r"|half-remember|memory|misremember|guess)"
            ),
            (
                r"\b(?:stay|stays|remain|keep|show|say|sound|admit|express|let"
                r"|as (?:a )?(?:guess|doubt|belief)|hedg|never (?:turn|sound|make)|do(?:n't"
                r"| not) (?:turn|sound|make|pretend)|so\b|instead|\"?i think\"?|leave)"
            ),
        ),
    ),
    "no_invent": Kind(
        failing=0.1,
        needs=(
            (
                r"\b(?:invent|make up|made[- ]up|making up|fabricat|hallucinat|add facts"
                r"|guess (?:a|the|codes|numbers)|not in (?:the|your) (?:scenario|story)"
                r"|does(?:n't| not) (?:contain|hold|say)|supply)"
            ),
            _NOT,
        ),
    ),
    "push_back": Kind(
        needs=(
            (
                r"\b(?:wrong|mistake|mistaken|misunderst|mix(?:es|ed)? (?:it |things )?up"
                r"|incorrect|error|false|not what (?:you|they) (?:want|asked|said)|differs?"
                r"|plan|summary)\b"
            ),
            (
                r"\b(?:correct (?:it|them|the|that|him)|correction|push(?:es)? back|object"
                r"|refus|say no|reject|contradict|disagree|protest|never (?:agree|accept"
                r"|confirm)|do(?:n't| not) (?:agree|accept|confirm|let|go along|approve)"
                r"|point (?:it )?out|set (?:it|them) (?:right|straight)|put (?:it|them) right)"
            ),
        ),
        against=(
            (
                r"\b(?:accept|agree (?:to|with)|go along with) (?:whatever|everything|anything"
                r"|all)|\btrust the agent"
            ),
        ),
    ),
    "ask_meaning": Kind(
        needs=(
            (
                r"\b(?:unclear|confus|(?:list of|several|many) (?:questions|points|items)"
                r"|do(?:n't| not) (?:understand|follow|get)|too (?:much"
                r"|many|long)|several (?:things|questions)|long (?:question|list|message)"
                r"|jargon|vague|oversized|big question|what (?:they|the agent|it) means?)"
            ),
            (
                r"\b(?:ask|question|what do you mean|which one|query|clarif"
                r"|answer (?:only )?(?:a part|the part|part|half|one|the first)"
                r"|let the rest be|push back"
                r"|most important part)"
            ),
        ),
    ),
    "no_echo": Kind(
        needs=(
            (
                r"\b(?:own words|phrases?|sentences?|wording|word for word|verbatim|recit|copy"
                r"|quote)"
            ),
            (
                r"\b(?:scenario|story|memory|notes|brief|remember|own words|its phrases"
                r"|word for word|verbatim)\b"
            ),
            rf"(?:{_NOT}|\bown words\b)",
        ),
    ),
    "no_strategy": Kind(
        needs=(
            (
                r"\b(?:decide|deciding|strateg|limits?\b|the most you|the least you|budget"
                r"|intentions?|negotiat|reckon with)"
            ),
            _NOT,
        ),
    ),
    "one_move": Kind(
        needs=(
            (
                r"\b(?:one (?:move|thing|step|point|question)|next step|stop typing|single"
                r" (?:move|thing|step|question))\b"
            ),
            (
                r"\b(?:per message|at a time|in a message|each message|per turn|do(?:n't| not)"
                r"|never|no\b|then stop|alone|and nothing)\b"
            ),
        ),
    ),
    "show_feeling": Kind(
        needs=(
            (
                r"\b(?:annoy|irritat|frustrat|angry|anger|upset|impatien|feeling|emotion"
                r"|temper|displeas|disappoint|short-tempered|worried|lose patience|grumbl"
                r"|complain)"
            ),
        ),
        against=(
            (
                r"\b(?:stay|remain|be|always) (?:\w+ )?(?:calm|cheerful|friendly|positive"
                r"|patient|understanding)\b"
            ),
        ),
    ),
    "no_insult": Kind(
        failing=0.1,
        needs=(
            r"\b(?:insult|accus|blam|abus|name-?call|swear|personal attack|rude|offend)",
            _NOT,
        ),
        against=(r"\b(?:blame|accuse|insult) the (?:agent|airline|company)",),
    ),
    "lock_fallback": Kind(
        needs=(
            (
                r"\b(?:fallback|fall back|alternativ|compromise|plan b|second choice"
                r"|concession|condition|conditional|workaround|other option|give way"
                r"|\"?only if\"?|backup|settle for|way out)"
            ),
            (
                r"\b(?:until|unless|only (?:after|when|once|if)|before|after|yet"
                r"|not (?:mention|reveal|bring|offer|volunteer)|do(?:n't| not) (?:mention"
                r"|reveal|bring|offer|volunteer)|never (?:mention|reveal|offer)|keep|hold|lock"
                r"|secret|to yourself|wait)"
            ),
        ),
        against=(
            (
                r"\b(?:mention|offer|reveal) (?:the |your )?(?:fallback|alternativ"
                r"|compromise)\w* (?:early|at once|right away|up ?front)"
            ),
        ),
    ),
    "no_meta": Kind(
        failing=0.04,
        needs=(
            (
                r"\b(?:instruction|scenario|story|prompt|role|playing|simulat|narrat"
                r"|stage direction|these (?:rules|notes)|hidden|private|notes|script"
                r"|behind the scenes|memory, not|your head|explain yourself)"
            ),
            (
                rf"(?:{_NOT}"
                r"|\bonly the (?:next )?message|\bsecret|\bto yourself|\bmemory\b)"
            ),
        ),
    ),
    "privacy": Kind(
        needs=(
            (
                r"\b(?:sensitive|card numbers?|full card|security codes?|passwords?|passport"
                r"|private data|personal data|identity documents?|secrets?|too early"
                r"|too personal)"
            ),
            (
                rf"(?:{_NOT}"
                r"|\bdeclin|\brefus|\bask why|\bwhy\b|\bwary|\bcareful|\bquestion)"
            ),
        ),
    ),
    "consent": Kind(
        needs=(
            (
                r"\b(?:plan|summary|proposal|every point|what (?:they|the agent)"
                r" (?:says?|proposes?|sums? up)"
                r"|asks? (?:you )?(?:for a yes|to confirm)|go ahead)\b"
            ),
            (
                r"\b(?:is (?:all )?right|is (?:all )?correct|right in every|as you want(?:ed)? it"
                r"|what you (?:want|asked for)|nothing (?:is )?wrong|fits|in order)\b"
            ),
            r"\b(?:yes|agree|accept|consent|say ok|confirm|nod)\b",
        ),
        against=(r"\b(?:never|do not|don't) (?:just )?say yes\b",),
    ),
    "wait": Kind(
        failing=0.5,
        needs=(
            (
                r"(?:do not |don't |never |not )?(?:write |say )?(?:###[a-z-]+###|\bstop token"
                r"|\bleave\b|\bend the (?:chat|conversation|talk)|\bhang up|\bgoodbye|\bstay\b)"
            ),
            (
                r"\b(?:until|before (?:the agent|they|it)|not while|only (?:after|when|once)"
                r"|as long as|wait (?:for|till))\b"
            ),
            r"(?:not )?\b(?:done|acted|carried (?:it )?out|happened|finished|through|confirmed)\b",
        ),
    ),
    "leave": Kind(
        needs=(
            (
                r"^(?!.*\b(?:until|not while|before|only (?:after|when|once)|as long as)\b).*"
                r"(?:###[a-z-]+###|\bleave\b|\bend the (?:chat|conversation|talk)|\bgoodbye"
                r"|\bbye\b|\bgo without)"
            ),
            r"\b(?:done|settled|finished|nothing (?:is )?left|over|taken care of)\b",
        ),
    ),
    "name_open": Kind(
        failing=0.75,
        needs=(
            (
                r"\b(?:anything else|still (?:missing|unsettled|wanted|to be done)"
                r"|not (?:yet )?(?:come up|been (?:done|said|settled))|left over|other wish"
                r"|second wish|rest of (?:your|the) wishes)\b"
            ),
            r"\b(?:say|name|bring (?:it|that|them) up|mention|raise|tell)\b",
        ),
    ),
    "give_in": Kind(
        failing=0.75,
        needs=(
            (
                r"\b(?:agent is right|they are right|you are wrong|you were wrong|own mistake"
                r"|corrects? you|sets? you right|a rule|rules?|for nobody|for good)\b"
            ),
            (
                r"\b(?:give in|take (?:it|that)|accept (?:it|that)|let it go|leave it at that"
                r"|(?:do not|don't|never|no need to) (?:argue|fight|insist|go on)|ask once)\b"
            ),
        ),
        against=(r"\b(?:never|do not|don't) (?:give in|let it go)\b",),
    ),
}
"""Kinds of guidance, by the behaviour that they ask for."""
