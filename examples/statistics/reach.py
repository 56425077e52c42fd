"""Prints the reach by country as CSV: what was counted by name beside what was only reported, never added up."""

import csv
import json
import os
import sys
import urllib.parse
import urllib.request
from typing import Any
from urllib.error import HTTPError

URL = os.environ.get("HEMICYCLE_URL", "http://127.0.0.1:8080/graphql")

TOKEN_URL = urllib.parse.urljoin(URL, "/oauth/token")

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


def token() -> str:
    """Exchanges the secret of the service account for an access token, by the client credentials of OAuth 2.0."""
    form = {
        "grant_type": "client_credentials", "scope": "reach:read",
        "client_id": os.environ["HEMICYCLE_CLIENT_ID"], "client_secret": os.environ["HEMICYCLE_CLIENT_SECRET"],
    }
    try:
        with urllib.request.urlopen(TOKEN_URL, urllib.parse.urlencode(form).encode()) as response:
            return json.load(response)["access_token"]
    except HTTPError as refusal:
        sys.exit(json.load(refusal)["error_description"])


def ask(query: str, access_token: str) -> dict[str, Any]:
    """Posts a document and returns its data."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {access_token}"}
    body = json.dumps({"query": query}).encode()
    with urllib.request.urlopen(urllib.request.Request(URL, body, headers)) as response:
        answer = json.load(response)
    if "errors" in answer:
        sys.exit("; ".join(error["message"] for error in answer["errors"]))
    return answer["data"]


def main() -> None:
    """Gets a token, asks once, and writes a row for each country."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow([
        "country", "events", "participations", "persons",
        "reported_exactly", "inexact_figures", "events_without_figure",
    ])
    for group in ask(REACH, token())["reach"]["groups"]:
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
