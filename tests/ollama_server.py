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

    def __init__(self, reply):
        self.reply, self.bodies, self.paths = reply, [], []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def _handler(self):
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                outer.paths.append(self.path)
                outer.bodies.append(json.loads(raw))
                status, body = outer.reply(outer.bodies[-1]) if self.path == "/api/chat" else (404, "404 page not found")
                sent = json.dumps(body).encode() if isinstance(body, dict) else str(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json" if isinstance(body, dict) else "text/html")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, *args):
                pass

        return Handler

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def ollama(reply="no, thursday", **fields):
    """A server that answers every chat with one text, or by a function of the request."""
    answer = reply if callable(reply) else lambda body: (200, chat_answer(reply, **fields))
    with OllamaServer(answer) as server:
        yield server
