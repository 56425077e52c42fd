"""Checks a registration in, and goes on trying under the same scan id until the server has answered."""

import http.client
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime
from typing import Any

URL = os.environ.get("HEMICYCLE_URL", "http://127.0.0.1:8080/graphql")

SIGN_IN = """mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { accessToken errors { message } }
}"""

CHECK_IN = """mutation CheckIn($input: CheckInInput!) {
  checkIn(input: $input) { isReplay registration { participant { name } } errors { code message } }
}"""

ATTEMPTS = 8


def ask(query: str, variables: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """Posts a document until an answer arrives, waiting longer each time, or as long as the server says."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps({"query": query, "variables": variables}).encode()
    for attempt in range(ATTEMPTS):
        wait = 0.25 * 2**attempt
        try:
            with urllib.request.urlopen(urllib.request.Request(URL, body, headers), timeout=10) as response:
                answer = json.load(response)
        except urllib.error.HTTPError as refusal:
            if refusal.code not in (408, 429, 500, 502, 503, 504):
                sys.exit(f"refused with {refusal.code}: {refusal.read().decode()}")
            wait = float(refusal.headers.get("Retry-After") or wait)
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            pass  # nothing is known of the scan now: the same id makes it safe to send it again
        else:
            if "errors" in answer:
                sys.exit("; ".join(error["message"] for error in answer["errors"]))
            return answer["data"]
        time.sleep(wait)
    sys.exit("no answer; keep the scan and send it later, under the same scanId and capturedAt")


def main(registration: str) -> None:
    """Signs in and checks the registration in."""
    who = {"email": os.environ["HEMICYCLE_EMAIL"], "password": os.environ["HEMICYCLE_PASSWORD"]}
    session = ask(SIGN_IN, {"input": who})["signIn"]
    if not session["accessToken"]:
        sys.exit("; ".join(error["message"] for error in session["errors"]))
    scan = {
        "scanId": str(uuid.uuid4()),
        "registrationId": registration,
        "capturedAt": datetime.now(UTC).isoformat(),
        "method": "QR",
    }
    result = ask(CHECK_IN, {"input": scan}, session["accessToken"])["checkIn"]
    if result["errors"]:
        sys.exit("; ".join(f"{error['code']}: {error['message']}" for error in result["errors"]))
    again = " (sent before, recorded once)" if result["isReplay"] else ""
    print(f"{result['registration']['participant']['name']} is in{again}")


if __name__ == "__main__":
    main(sys.argv[1])
