"""Rule-based stand-ins for the user, the judge, the proposer, the author and the agent.

They see the messages that a real model would see and nothing else: no data set, no rubric for the
user, no version. They are seeded, and sensitive to what a prompt says in any wording, so that a
demo, a test or a benchmark of the optimizer has something to work on. Their figures say nothing
about real models, and every report made with them says so.

Adding one: a function from `Call` to the answer's text, in ROLES.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dspy import lm15

from usersim_opt.models.offline import author, desk, judge, obeying, proposer, user
from usersim_opt.models.offline.call import Call

ROLES: Mapping[str, Callable[[Call], str]] = {
    "user": user.answer,
    "judge": judge.answer,
    "proposer": proposer.answer,
    "author": author.answer,
    "agent": desk.answer,
    "obeying": obeying.answer,
}
"""By role, the function that answers a call."""

TEMPERATURE = 0.7
"""Where the request names none."""
CHARACTERS_PER_TOKEN = 4


class OfflineEngine:
    """The engine behind `offline/ROLE`."""

    takes_schema = True

    def __init__(self, role: str) -> None:
        self.role = role
        self._answer = ROLES[role]

    def __reduce__(self) -> tuple[Any, ...]:
        return OfflineEngine, (self.role,)

    def __deepcopy__(self, memo: dict[int, Any]) -> "OfflineEngine":
        return self

    def complete(self, request: lm15.Request) -> lm15.Response:
        """One answer; equal requests get equal answers."""
        call = _call_of(request)
        text = self._answer(call)
        return lm15.Response(
            id=None,
            model=request.model,
            message=lm15.Message.assistant([lm15.TextPart(text)]),
            finish_reason="stop",
            usage=_usage(call, text),
        )


def _call_of(request: lm15.Request) -> Call:
    config = request.config
    return Call(
        system=request.system if isinstance(request.system, str) else "",
        turns=tuple((message.role, message.text or "") for message in request.messages),
        temperature=TEMPERATURE if config.temperature is None else config.temperature,
        seed=config.seed or 0,
    )


def _usage(call: Call, answer: str) -> lm15.Usage:
    """Tokens as a model might count them, by the length of the texts."""
    read = call.characters // CHARACTERS_PER_TOKEN
    written = max(1, len(answer) // CHARACTERS_PER_TOKEN)
    return lm15.Usage(input_tokens=read, output_tokens=written, total_tokens=read + written)
