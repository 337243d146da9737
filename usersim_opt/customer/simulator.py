"""The simulated customer as a DSPy module, and the adapter that sends what will be shipped.

The system message is the prompt file, byte for byte, with the private scenario in its place. The
dialogue follows as role-flipped chat turns without any markers: the model speaks as the customer,
so the agent's turns are its `user` messages. This is what tau-bench and tau2 send, so a prompt
means the same there.

    [system] You are a customer ... Your user id is mia_4410 ...
    [user] Hi! How can I help you today?
    [assistant] need to move my flight
    [user] Sure, which one?

Not covered: the customer's own tools (tau2 telecom).
"""

from pathlib import Path
from typing import Any, Self

import dspy
from dspy.utils.exceptions import AdapterParseError

from usersim_opt.basics.arguments import checks_arguments
from usersim_opt.basics.asking import (
    Messages,
    RedactedModule,
    WholeAnswerAdapter,
    forward_in_thread,
)
from usersim_opt.basics.errors import BadReply, InputError, one_line
from usersim_opt.basics.files import check_place
from usersim_opt.basics.text import has_stop_token, is_blank, sendable
from usersim_opt.basics.validation import Fields
from usersim_opt.customer.prompt import Prompt, as_prompt, place, warn_of_placeholders

GREETING = "Hi! How can I help you today?"
"""The agent's first turn where a conversation has none yet: the greeting of tau-bench and tau2."""

EMPTY = "the model gave an empty reply; expected the customer's next message"

Turns = list[dict[str, str]]
"""A conversation: each turn with its `role` (agent or customer) and its `content`."""

_CHAT_ROLE = {"agent": "user", "customer": "assistant"}


class PlainChatAdapter(WholeAnswerAdapter):
    """Sends one system message and the flipped dialogue; the whole completion is the reply."""

    def format(
        self, signature: type[dspy.Signature], demos: list[Fields], inputs: Fields
    ) -> Messages:
        """The messages for one call.

        InputError for demonstrations: the shipped text file could not hold them.
        """
        if demos:
            raise InputError(
                f"the simulator was given {len(demos)} demonstrations; "
                "a prompt is tuned as plain text, without demos"
            )
        system = place(signature.instructions, inputs["scenario"])
        history = inputs["history"].messages
        turns = [_message(_CHAT_ROLE[turn["role"]], turn["content"]) for turn in history]
        return [_message("system", system), *turns]

    def parse(self, signature: type[dspy.Signature], completion: str) -> Fields:
        """The whole completion as the one output field, without thoughts and outer white space."""
        fields = super().parse(signature, completion)
        return {name: reply.strip() for name, reply in fields.items()}


def _message(role: str, content: str) -> dict[str, Any]:
    return {"role": role, "content": sendable(content)}


class NextTurn(dspy.Signature):
    """The customer's next message. The instructions are replaced by the prompt."""

    scenario: str = dspy.InputField(desc="the private story, which the agent never sees")
    history: dspy.History = dspy.InputField(desc="the conversation so far, ending on an agent turn")
    reply: str = dspy.OutputField(desc="the customer's next message")


class UserSimulator(RedactedModule):
    """Plays the customer by a prompt.

    `sim(scenario=..., history=...)` gives a Prediction with `reply` (the text as the model wrote
    it, without thoughts and outer white space) and `stopped` (whether it holds a stop token).
    `history` is a dspy.History or a list of `{"role": "agent" | "customer", "content": ...}`; an
    empty one begins with the agent's greeting.
    """

    @checks_arguments
    def __init__(self, prompt: Prompt | str, lm: dspy.LM | None = None) -> None:
        super().__init__()
        _check_prompt(prompt)
        text = as_prompt(prompt).text
        self.next_turn = dspy.Predict(NextTurn.with_instructions(text))
        if lm is not None:
            self.set_lm(lm)

    @property
    def prompt(self) -> Prompt:
        """The prompt that the module runs now, also after another optimizer has changed it."""
        return Prompt(self.next_turn.signature.instructions)

    @property
    def lm(self) -> dspy.LM | None:
        """The model that was set on the module; None means DSPy's configured one."""
        return self.next_turn.lm

    @checks_arguments
    def with_prompt(self, prompt: Prompt | str) -> Self:
        """A simulator of the same kind with another prompt and the same model."""
        copy: Self = self.deepcopy()
        predict = copy.next_turn
        predict.signature = predict.signature.with_instructions(as_prompt(prompt).text)
        # The same model, not a copy of it: calls of both count against one connection.
        predict.lm = self.lm
        return copy

    @checks_arguments
    def forward(
        self,
        scenario: str,
        history: dspy.History | Turns,
        config: Fields | None = None,
    ) -> dspy.Prediction:
        """The next customer turn; `config` holds sampling options for this call (such as `seed`).

        Raises InputError where the conversation is malformed or over, BadReply for an answer that
        is empty, cut off or nothing but thinking.
        """
        turns = history.messages if isinstance(history, dspy.History) else history
        if not turns:
            turns = [{"role": "agent", "content": GREETING}]
        _check_turns(turns)
        so_far = dspy.History(messages=turns)
        with dspy.context(adapter=PlainChatAdapter()):
            try:
                answer = self.next_turn(scenario=scenario, history=so_far, config=config or {})
            except AdapterParseError as error:
                raise BadReply(EMPTY) from error
        if is_blank(answer.reply):
            raise BadReply(EMPTY)
        return dspy.Prediction(reply=answer.reply, stopped=has_stop_token(answer.reply))

    def save(self, path: str | Path, *args: Any, **options: Any) -> None:
        """Save as DSPy does; InputError for a model that it cannot save, with what to use.

        InputError also where a link, a pipe or a device stands in the place of the file.
        """
        if Path(path).suffix:  # DSPy saves a whole program, by a name without ending, as a folder
            check_place(Path(path))
        try:
            super().save(path, *args, **options)
        except TypeError as error:
            raise InputError(
                f"{path}: the model cannot be saved with the program ({one_line(error)}); use "
                "uso.export_dspy(sim, path), which leaves it out, and uso.load_dspy(path, lm=lm)"
            ) from error

    async def aforward(self, *args: Any, **inputs: Any) -> dspy.Prediction:
        """The same for asynchronous programs: `await sim.acall(scenario=..., history=...)`."""
        return await forward_in_thread(self, *args, **inputs)


def _check_prompt(prompt: Prompt | str) -> None:
    """InputError for the name of a file in place of its text; warns of what nothing fills in."""
    if isinstance(prompt, Prompt):
        return
    if prompt.endswith((".txt", ".md")) and len(prompt.split()) == 1:
        raise InputError(
            f"the prompt is {prompt!r}, which looks like a path; expected read_prompt({prompt!r})"
        )
    warn_of_placeholders(prompt, "the prompt", stacklevel=6)


def _check_turns(turns: Turns) -> None:
    """InputError for a malformed turn, and for a conversation that waits for nobody's answer."""
    for number, turn in enumerate(turns):
        _check_turn(turn, where=f"history[{number}]")
    if turns[-1]["role"] != "agent":
        raise InputError(
            "history ends on a customer turn; "
            "expected the agent's turn that the customer is to answer"
        )


def _is_turn(turn: Any) -> bool:
    if not isinstance(turn, dict) or set(turn) != {"role", "content"}:
        return False
    return turn["role"] in tuple(_CHAT_ROLE) and isinstance(turn["content"], str)


def _check_turn(turn: Any, *, where: str) -> None:
    if not _is_turn(turn):
        raise InputError(
            f"{where} is {turn!r:.80}; expected {{'role': 'agent' or 'customer', 'content': text}}"
        )
    if turn["role"] == "customer" and has_stop_token(turn["content"]):
        raise InputError(f"{where}: the customer has ended the conversation there; start a new one")
