"""A server that speaks Ollama's protocol on loopback, for our tests and benchmarks and yours.

    with OllamaServer(lambda body: (200, chat_answer("no, thursday"))) as server:
        lm = connect("ollama/any", api_base=server.url)

    python -m usersim_opt.models.loopback --delay 0.05      # in a process of its own

In a process of its own it serves the offline stand-ins as Ollama models. `bodies` holds what
clients send; what they get is up to a function from the request's body to (status, answer). A dict
is sent as JSON, a text as it is, bytes instead of the whole response, after which the connection is
closed, and None closes it without an answer. A delay is waited for without holding anything up;
with `slots` only so many calls go on at a time.

`fits` limits how many models it has loaded at a time, one with two values of num_ctx being two;
`loads` holds what it had to load, in order.

Not covered: streaming.
"""

import argparse
import asyncio
import json
import sys
import threading
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Self

Body = dict[str, Any]
"""A request or an answer as JSON."""
Answer = tuple[int, Body | str | bytes | None]
Reply = Callable[[Body], Answer]

_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


_ENDS = (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError)
"""How a connection ends: the client has left, or the server is closed."""
_LONGEST_LINE = 2**24
"""Bytes that may be read before a line or a request's head ends."""


def chat_answer(text: str, **fields: Any) -> Body:
    """The body of a successful /api/chat; `fields` replace or add."""
    message = {"role": "assistant", "content": text}
    answer = {
        "model": "m",
        "created_at": "2026-01-01T00:00:00Z",
        "message": message,
        "done": True,
        "done_reason": "stop",
    }
    return answer | {"prompt_eval_count": 12, "eval_count": 3} | fields


class OllamaServer:
    """Serves from a thread of its own.

    `url` is its address, `bodies` what came in on /api/chat, `paths` the path of every request.
    `trained` and `loaded` are context lengths in tokens, as it says them of its models.
    """

    def __init__(
        self,
        reply: Reply,
        *,
        delay: float = 0.0,
        slots: int = 1024,
        port: int = 0,
        models: Sequence[str] = ("m:latest",),
        trained: int = 262_144,
        loaded: int | None = None,
        capabilities: Sequence[str] = ("completion", "thinking"),
        fits: int | None = None,
    ) -> None:
        self.reply, self.delay = reply, delay
        self.models, self.trained, self.capabilities = models, trained, capabilities
        self.loaded, self.fits = loaded, fits
        self.loads: list[tuple[str, int]] = []
        self._resident: list[tuple[str, int]] = []
        self.bodies: list[Body] = []
        self.paths: list[str] = []
        self._port = port
        self._slots = asyncio.Semaphore(slots)
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        # The loop runs in the server's thread from the first: a notebook's thread has its own.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        try:
            self._run(self._listen())
        except BaseException:
            self._stop()
            raise
        return self

    async def _listen(self) -> None:
        """Open the port; the system chooses one where none was asked for."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, backlog=512, limit=_LONGEST_LINE
        )
        self._port = self._server.sockets[0].getsockname()[1]

    def __exit__(self, *exception: object) -> None:
        self._run(self._close())
        self._stop()

    def _run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Wait for a coroutine in the server's thread."""
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        await _end_other_tasks()

    def about(self, path: str) -> Answer:
        """What the server says of itself and its models."""
        answers: dict[str, Body] = {
            "/api/version": {"version": "0.33.0"},
            "/api/tags": {"models": [{"name": name, "model": name} for name in self.models]},
            "/api/show": {
                "model_info": {"m.context_length": self.trained},
                "capabilities": list(self.capabilities),
                "details": {},
            },
            "/api/ps": {"models": self._running()},
        }
        return (200, answers[path]) if path in answers else (404, "404 page not found")

    def _running(self) -> list[Body]:
        """The models in memory with their context length; none if it is not to be known."""
        if self.fits is not None:
            return [
                {"name": name, "model": name, "context_length": window}
                for name, window in self._resident
            ]
        if self.loaded is None:
            return []
        return [
            {"name": name, "model": name, "context_length": self.loaded} for name in self.models
        ]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: requests one after the other, until either side closes."""
        self._open.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except _ENDS:
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether the connection stays open."""
        path, length = _parsed(await reader.readuntil(b"\r\n\r\n"))
        body = await reader.readexactly(length)
        self.paths.append(path)
        status, answer = await self._answer(path, body)
        if isinstance(answer, dict | str):
            answer, stays_open = _response(status, answer), True
        else:
            stays_open = False
        writer.write(answer or b"")
        await writer.drain()
        return stays_open

    async def _answer(self, path: str, body: bytes) -> Answer:
        if path not in ("/api/chat", "/v1/chat/completions"):
            return self.about(path)
        answer = await self._chat(json.loads(body))
        return _as_openai(answer) if path.startswith("/v1/") else answer

    async def _chat(self, request: Body) -> Answer:
        self.bodies.append(request)
        async with self._slots:
            self._load(request)
            answer = await self._reply(request)
            await asyncio.sleep(self.delay)
        return answer

    def _load(self, request: Body) -> None:
        """Have a request's model in memory; the one that came first makes room for it."""
        name = str(request.get("model", ""))
        whole = name if ":" in name else f"{name}:latest"
        wanted = (whole, request.get("options", {}).get("num_ctx") or self.loaded or 4096)
        if self.fits is None or wanted in self._resident:
            return
        self.loads.append(wanted)
        self._resident = [*self._resident, wanted][-self.fits :]

    async def _reply(self, request: Body) -> Answer:
        """The answer of the given function.

        It may block, as a test that waits for other calls does, and gets a thread for that. With a
        delay it is taken to be quick: the delay stands for the work.
        """
        if self.delay > 0:
            return self.reply(request)
        return await asyncio.to_thread(self.reply, request)


async def _end_other_tasks() -> None:
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    # Cancelled tasks end in one round of the loop, what they close in the next.
    await asyncio.sleep(0)
    await asyncio.sleep(0)


def _as_openai(answer: Answer) -> Answer:
    """A chat answer in the form of the OpenAI-shaped route."""
    status, body = answer
    if status != 200 or not isinstance(body, dict):
        return answer
    read, written = body["prompt_eval_count"], body["eval_count"]
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    choice = {"index": 0, "message": body["message"], "finish_reason": body["done_reason"]}
    return 200, {
        "id": "chat-1",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "choices": [choice],
        "usage": usage,
    }


def stand_ins(body: Body) -> Answer:
    """Answers by the offline stand-in that the request names as its model."""
    from usersim_opt.models.offline import ROLES  # noqa: PLC0415 - only this needs dspy
    from usersim_opt.models.offline.call import Call  # noqa: PLC0415 - as above
    from usersim_opt.models.offline.obeying import tool_answer  # noqa: PLC0415 - as above

    role = str(body.get("model", "")).partition(":")[0]
    if role not in ROLES:
        return 404, {"error": f"model '{body.get('model')}' not found"}
    if role == "obeying" and (message := tool_answer(body)):
        return 200, counted_answer(body, message["content"] or "") | {"message": message}
    system, turns = _said(body)
    temperature, seed = _option(body, "temperature", 0.7), _option(body, "seed", 0)
    call = Call(system=system, turns=turns, temperature=temperature, seed=seed)
    return 200, counted_answer(body, ROLES[role](call))


def _option(body: Body, name: str, default: Any) -> Any:
    """A sampling option: Ollama's own route has them in `options`, the OpenAI-shaped one has not.

    A null is an option that was not set.
    """
    value = body.get("options", body).get(name)
    return default if value is None else value


def _said(body: Body) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The system message of a request, empty if there is none, and the turns with their roles.

    The stand-ins know no tools: calls of tools, which have no content, and what came of them are
    left out.
    """
    messages = [(message["role"], message.get("content")) for message in body["messages"]]
    said = [(role, text) for role, text in messages if role != "tool" and isinstance(text, str)]
    system = [text for role, text in said if role == "system"]
    turns = tuple((role, text) for role, text in said if role != "system")
    return system[0] if system else "", turns


def counted_answer(body: Body, text: str) -> Body:
    """A chat answer with honest counts, a token for every four characters."""
    written = max(1, len(text) // 4)
    return chat_answer(text, prompt_eval_count=_tokens_read(body), eval_count=written)


def _tokens_read(body: Body) -> int:
    """A token for every four characters, and eight for a template around them."""
    characters = sum(len(message.get("content") or "") for message in body["messages"])
    return characters // 4 + 8


def _parsed(head: bytes) -> tuple[str, int]:
    """Path and body length of a request head."""
    lines = head.decode("latin-1").split("\r\n")
    lengths = [
        int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:")
    ]
    return lines[0].split(" ")[1], lengths[0] if lengths else 0


def _response(status: int, answer: Body | str) -> bytes:
    """The bytes of a whole response."""
    if isinstance(answer, dict):
        kind, body = "application/json", json.dumps(answer).encode()
    else:
        kind, body = "text/html", answer.encode()
    head = (
        f"HTTP/1.1 {status} {_REASONS.get(status, '-')}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def main() -> None:
    """Serve until standard input ends; the first line of output is the address."""
    args = _arguments()

    def fixed(body: Body) -> Answer:
        return 200, counted_answer(body, args.text)

    reply = fixed if args.text else stand_ins
    models = ("user:latest", "judge:latest", "proposer:latest", "author:latest")
    with OllamaServer(reply, delay=args.delay, slots=args.slots, models=models) as server:
        print(server.url, flush=True)  # noqa: T201 - the caller reads it
        sys.stdin.read()
        counts = json.dumps(_counts(server.bodies))
        print(counts, flush=True)  # noqa: T201 - the caller reads it


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that every answer takes")
    parser.add_argument("--slots", type=int, default=1024, help="answers at a time")
    parser.add_argument(
        "--text", default="", help="answer everything with this text instead of the stand-ins"
    )
    return parser.parse_args()


def _counts(bodies: Sequence[Body]) -> dict[str, int]:
    """How many requests came in, and how many of them differ."""
    distinct = {json.dumps(body, sort_keys=True) for body in bodies}
    return {"calls": len(bodies), "distinct": len(distinct)}


if __name__ == "__main__":
    main()
