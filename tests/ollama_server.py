"""A loopback server that speaks Ollama's protocol: what a client sends is kept, what it gets is up to the test."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def chat_answer(text, **fields):
    """The body of a successful /api/chat."""
    answer = {
        "model": "m",
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": text},
        "done": True,
        "done_reason": "stop",
    }
    return answer | {"prompt_eval_count": 12, "eval_count": 3} | fields


class OllamaServer:
    """`reply` maps a request body to (status, body); a body that is no dict is sent as it is."""

    def __init__(self, reply, models=("m:latest",), port=0, trained=262_144, capabilities=("completion", "thinking")):
        self.reply, self.bodies, self.paths = reply, [], []
        self.gone = False
        self.models, self.trained, self.capabilities = models, trained, capabilities
        self._server = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _handler(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.paths.append(self.path)
                self._send(*outer.told(self.path))

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                outer.paths.append(self.path)
                if self.path == "/api/chat":
                    outer.bodies.append(body)
                    self._send(*outer.reply(body))
                else:
                    self._send(*outer.told(self.path))

            def _send(self, status, body):
                if outer.gone:
                    self.close_connection = True
                    return
                sent = json.dumps(body).encode() if isinstance(body, dict) else str(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json" if isinstance(body, dict) else "text/html")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *args):
                pass

        return Handler

    def told(self, path):
        """What the server says of itself."""
        return {
            "/api/version": (200, {"version": "0.33.0"}),
            "/api/tags": (200, {"models": [{"name": name, "model": name} for name in self.models]}),
            "/api/show": (200, {"model_info": {"qwen35moe.context_length": self.trained}, "capabilities": list(self.capabilities), "details": {}}),
        }.get(path, (404, "404 page not found"))

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self.gone = True
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def ollama(reply="no, thursday", *, server=None, **fields):
    """A server that answers every chat with one text, or by a function of the request; `server` holds options of its own."""
    answer = reply if callable(reply) else lambda body: (200, chat_answer(reply, **fields))
    with OllamaServer(answer, **(server or {})) as running:
        yield running
