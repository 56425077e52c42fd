"""Prints the reach by country as CSV: what was counted by name beside what was only reported, never added up."""

import csv
import json
import os
import sys
import urllib.request
from typing import Any

URL = os.environ.get("HEMICYCLE_URL", "http://127.0.0.1:8080/graphql")

SIGN_IN = """mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { accessToken errors { message } }
}"""

REACH = """{
  reach(groupBy: [COUNTRY]) {
    groups {
      keys { country }
      events
      counted { participations uniqueParticipants }
      reported { exactSum inexact { totalCount } eventsWithoutFigure { totalCount } }
    }
  }
}"""


def ask(query: str, variables: dict[str, Any], token: str | None = None) -> dict[str, Any]:
    """Posts a document and returns its data."""
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    body = json.dumps({"query": query, "variables": variables}).encode()
    with urllib.request.urlopen(urllib.request.Request(URL, body, headers)) as response:
        answer = json.load(response)
    if "errors" in answer:
        sys.exit("; ".join(error["message"] for error in answer["errors"]))
    return answer["data"]


def main() -> None:
    """Signs in, asks once, and writes a row for each country."""
    who = {"email": os.environ["HEMICYCLE_EMAIL"], "password": os.environ["HEMICYCLE_PASSWORD"]}
    session = ask(SIGN_IN, {"input": who})["signIn"]
    if not session["accessToken"]:
        sys.exit("; ".join(error["message"] for error in session["errors"]))
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow([
        "country", "events", "participations", "persons",
        "reported_exactly", "inexact_figures", "events_without_figure",
    ])
    for group in ask(REACH, {}, session["accessToken"])["reach"]["groups"]:
        counted, reported = group["counted"] or {}, group["reported"]
        table.writerow([
            group["keys"][0]["country"] or "unknown",
            group["events"],
            counted.get("participations"),
            counted.get("uniqueParticipants"),
            reported["exactSum"],  # empty where nothing exact was reported: unknown is not zero
            reported["inexact"]["totalCount"],
            (reported["eventsWithoutFigure"] or {}).get("totalCount"),
        ])


if __name__ == "__main__":
    main()
