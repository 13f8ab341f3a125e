"""A page on this machine that answers 200, at once or when it is told to, for goals that check one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that is served. It answers once `answer` is set; `asked` tells that somebody wants to see it."""

    address: str
    answer: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)


class _Server(ThreadingHTTPServer):
    page: Page


class _Fine(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, _Server)
        self.server.page.asked.set()
        self.server.page.answer.wait()
        try:
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            self.wfile.write(b"fine")
        except OSError:
            self.close_connection = True  # whoever asked has gone

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def loopback_page(*, patient: bool = False) -> Iterator[Page]:
    """Serve it from threads; with `patient` it waits for `answer`."""
    server = _Server(("127.0.0.1", 0), _Fine)
    server.page = page = Page(address=f"http://127.0.0.1:{server.server_address[1]}/")
    if not patient:
        page.answer.set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield page
    finally:
        page.answer.set()
        server.shutdown()
        thread.join()
        server.server_close()
