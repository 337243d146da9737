"""Rule-based stand-ins for the user, the judge, the proposer and the author.

They see the messages that a real model would see and nothing else: no data set, no rubric for the user, no version. They
are seeded, and sensitive to what a prompt says in any wording, so that a demo, a test or a benchmark of the optimizer has
something to work on. Their figures say nothing about real models, and every report made with them says so.

Adding one: a function from `Call` to the answer's text, in ROLES.
"""

from typing import Any

from dspy import lm15

from usersim_opt.models.offline.call import Call
from usersim_opt.models.offline.roles import answer_of

ROLES = ("user", "judge", "proposer", "author")


class OfflineEngine:
    """The engine behind `offline/ROLE`."""

    takes_schema = True

    def __init__(self, role: str) -> None:
        self.role = role
        self._answer = answer_of(role)

    def __reduce__(self) -> tuple[Any, ...]:
        return OfflineEngine, (self.role,)

    def __deepcopy__(self, memo: dict[int, Any]) -> "OfflineEngine":
        return self

    def complete(self, request: lm15.Request) -> lm15.Response:
        """One answer; equal requests get equal answers."""
        call = Call(
            system=request.system if isinstance(request.system, str) else "",
            turns=tuple((message.role, message.text or "") for message in request.messages),
            temperature=0.7 if request.config.temperature is None else request.config.temperature,
            seed=request.config.seed or 0,
        )
        text = self._answer(call)
        read, written = (
            len(call.system + "".join(t for _, t in call.turns)) // 4,
            max(1, len(text) // 4),
        )
        return lm15.Response(
            id=None,
            model=request.model,
            message=lm15.Message.assistant([lm15.TextPart(text)]),
            finish_reason="stop",
            usage=lm15.Usage(input_tokens=read, output_tokens=written, total_tokens=read + written),
        )
