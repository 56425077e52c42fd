"""The example examples/check-in: a guest is let in, and an answer that is lost on the way does no harm."""

import json
import threading
import unittest
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from gql import gql

from door import open_door, over_http, request, sign_in
from example import run
from server import URL

ROSTER = gql(
    """
    query Roster($id: ID!) {
      registration(id: $id) { attendance { isInside } scans { scanId method } }
    }
    """
)


class CheckIn(unittest.TestCase):
    """One guest at one door."""

    def setUp(self) -> None:
        self.headers = sign_in()
        _, self.registration = open_door(self.headers)

    def test_a_guest_is_let_in(self) -> None:
        self.assertEqual(run("check-in/check_in.py", self.registration).stdout, "Anna Guest is in\n")
        self.assertEqual(self.scans(), (True, ["QR"]))

    def test_a_guest_who_is_in_is_not_let_in_again(self) -> None:
        run("check-in/check_in.py", self.registration)
        ended = run("check-in/check_in.py", self.registration)
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("ALREADY_IN", ended.stderr)

    def test_a_lost_answer_is_asked_for_again_under_the_same_id(self) -> None:
        with BadNetwork(losing="checkIn") as network:
            ended = run("check-in/check_in.py", self.registration, url=network.url)
        self.assertEqual(ended.stdout, "Anna Guest is in (sent before, recorded once)\n", ended.stderr)
        first, second = network.check_ins
        self.assertEqual(first, second)
        self.assertEqual(self.scans(), (True, ["QR"]))

    def test_a_busy_server_is_asked_again(self) -> None:
        with BadNetwork(refusing="checkIn") as network:
            ended = run("check-in/check_in.py", self.registration, url=network.url)
        self.assertEqual(ended.stdout, "Anna Guest is in\n", ended.stderr)
        self.assertEqual(self.scans(), (True, ["QR"]))

    def scans(self) -> tuple[bool, list[str]]:
        """Returns whether the guest is inside, and how each scan was made."""
        found = over_http(self.headers).execute(request(ROSTER, id=self.registration))["registration"]
        return found["attendance"]["isInside"], [scan["method"] for scan in found["scans"]]


class BadNetwork:
    """A way to the server on which the first request with a word is answered too late, or not let through."""

    def __init__(self, losing: str | None = None, refusing: str | None = None) -> None:
        self.losing, self.refusing = losing, refusing
        self.check_ins: list[dict[str, Any]] = []

    def __enter__(self) -> "BadNetwork":
        network = self

        class Way(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                network.pass_on(self)

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

        self.listener = ThreadingHTTPServer(("127.0.0.1", 0), Way)
        self.url = f"http://127.0.0.1:{self.listener.server_port}/graphql"
        threading.Thread(target=self.listener.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self.listener.shutdown()
        self.listener.server_close()

    def pass_on(self, way: BaseHTTPRequestHandler) -> None:
        """Passes a request on, and its answer back unless it is the one to be lost."""
        body = way.rfile.read(int(way.headers["Content-Length"]))
        text = body.decode()
        if "checkIn(" in text:
            self.check_ins.append(json.loads(text)["variables"])
        if self.refusing and f"{self.refusing}(" in text:
            self.refusing = None
            way.send_response(503)
            way.send_header("Retry-After", "0")
            way.send_header("Content-Length", "0")
            way.end_headers()
            return
        headers = {name: way.headers[name] for name in ("Content-Type", "Authorization") if way.headers[name]}
        with urllib.request.urlopen(urllib.request.Request(URL, body, headers)) as answer:
            answered = answer.read()
        if self.losing and f"{self.losing}(" in text:
            self.losing = None
            way.close_connection = True
            return
        way.send_response(200)
        way.send_header("Content-Type", "application/json")
        way.send_header("Content-Length", str(len(answered)))
        way.end_headers()
        way.wfile.write(answered)


if __name__ == "__main__":
    unittest.main()
