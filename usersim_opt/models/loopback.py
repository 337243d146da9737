"""A server that speaks Ollama's protocol on loopback, for tests and benchmarks of this library and of yours.

    with OllamaServer(lambda body: (200, chat_answer("no, thursday"))) as server:
        lm = connect("ollama/any", api_base=server.url)

    python -m usersim_opt.models.loopback --delay 0.05      # in a process of its own: the offline stand-ins as Ollama models

What clients send is kept in `bodies`, what they get is up to a function from the request's body to (status, answer); a dict
is sent as JSON, a text as it is, bytes instead of the whole response, after which the connection is closed, and None closes it
without an answer. A delay is waited for without holding anything up; with `slots` only so many calls go on at a time.

Not covered: streaming, models that load.
"""

import argparse
import asyncio
import json
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, Self

Answer = tuple[int, dict[str, Any] | str | bytes | None]
Reply = Callable[[dict[str, Any]], Answer]

_REASONS = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def chat_answer(text: str, **fields: Any) -> dict[str, Any]:
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
    """Serves from a thread of its own; `url` is its address, `bodies` what came in on /api/chat, `paths` every request."""

    def __init__(
        self,
        reply: Reply,
        *,
        delay: float = 0.0,
        slots: int = 1024,
        port: int = 0,
        models: Sequence[str] = ("m:latest",),
        trained: int = 262_144,
        capabilities: Sequence[str] = ("completion", "thinking"),
    ) -> None:
        self.reply, self.delay = reply, delay
        self.models, self.trained, self.capabilities = models, trained, capabilities
        self.bodies: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self._port = port
        self._slots = asyncio.Semaphore(slots)
        self._loop = asyncio.new_event_loop()
        self._open: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The server's address."""
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self._port, backlog=512, limit=2**24)
        )
        self._port = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def told(self, path: str) -> Answer:
        """What the server says of itself."""
        known: dict[str, dict[str, Any]] = {
            "/api/version": {"version": "0.33.0"},
            "/api/tags": {"models": [{"name": name, "model": name} for name in self.models]},
            "/api/show": {
                "model_info": {"m.context_length": self.trained},
                "capabilities": list(self.capabilities),
                "details": {},
            },
        }
        return (200, known[path]) if path in known else (404, "404 page not found")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                path, length = _parsed(head)
                body = await reader.readexactly(length)
                self.paths.append(path)
                status, answer = await self._answer(path, body)
                if answer is None or isinstance(answer, bytes):
                    writer.write(answer or b"")
                    await writer.drain()
                    break
                writer.write(_response(status, answer))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client left, or the server is closed
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, path: str, body: bytes) -> Answer:
        if path not in ("/api/chat", "/v1/chat/completions"):
            return self.told(path)
        self.bodies.append(json.loads(body))
        async with self._slots:
            answer = (
                await asyncio.to_thread(self.reply, self.bodies[-1])
                if self.delay <= 0
                else self.reply(self.bodies[-1])
            )
            await asyncio.sleep(self.delay)
        return _as_openai(answer) if path.startswith("/v1/") else answer


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


def stand_ins(body: dict[str, Any]) -> Answer:
    """Answers by the offline stand-in that the request names as its model."""
    from usersim_opt.models.offline import ROLES  # noqa: PLC0415 - only this needs dspy
    from usersim_opt.models.offline.call import Call  # noqa: PLC0415 - as above

    role = str(body.get("model", "")).partition(":")[0]
    if role not in ROLES:
        return 404, {"error": f"model '{body.get('model')}' not found"}
    messages, options = body["messages"], body.get("options", {})
    call = Call(
        system=next((m["content"] for m in messages if m["role"] == "system"), ""),
        turns=tuple((m["role"], m["content"]) for m in messages if m["role"] != "system"),
        temperature=options.get("temperature", 0.7),
        seed=options.get("seed", 0),
    )
    return 200, counted_answer(body, ROLES[role](call))


def counted_answer(body: dict[str, Any], text: str) -> dict[str, Any]:
    """A chat answer with honest counts, a token for every four characters."""
    characters = sum(len(message["content"]) for message in body["messages"])
    return chat_answer(
        text, prompt_eval_count=characters // 4 + 8, eval_count=max(1, len(text) // 4)
    )


def _parsed(head: bytes) -> tuple[str, int]:
    """Path and body length of a request head."""
    lines = head.decode("latin-1").split("\r\n")
    lengths = [
        int(line.partition(":")[2]) for line in lines if line.lower().startswith("content-length:")
    ]
    return lines[0].split(" ")[1], lengths[0] if lengths else 0


def _response(status: int, answer: dict[str, Any] | str) -> bytes:
    sent = json.dumps(answer).encode() if isinstance(answer, dict) else answer.encode()
    kind = "application/json" if isinstance(answer, dict) else "text/html"
    return (
        f"HTTP/1.1 {status} {_REASONS.get(status, '-')}\r\nContent-Type: {kind}\r\nContent-Length: {len(sent)}\r\n\r\n".encode()
        + sent
    )


def main() -> None:
    """Serve until standard input ends; the first line of output is the address."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that every answer takes")
    parser.add_argument("--slots", type=int, default=1024, help="answers at a time")
    parser.add_argument(
        "--text", default="", help="answer everything with this text instead of the stand-ins"
    )
    args = parser.parse_args()
    reply: Reply = (lambda body: (200, counted_answer(body, args.text))) if args.text else stand_ins
    models = ("user:latest", "judge:latest", "proposer:latest", "author:latest")
    with OllamaServer(reply, delay=args.delay, slots=args.slots, models=models) as server:
        print(server.url, flush=True)  # noqa: T201 - the caller reads it
        sys.stdin.read()
        print(
            json.dumps(
                {
                    "calls": len(server.bodies),
                    "distinct": len({json.dumps(body, sort_keys=True) for body in server.bodies}),
                }
            ),
            flush=True,
        )


if __name__ == "__main__":
    main()
