"""An event that takes check-ins, with one guest; what it takes to make one, by one mutation after the other."""

from typing import Any

from gql import Client, GraphQLRequest, gql
from gql.transport.requests import RequestsHTTPTransport

from server import SCHEMA, URL, account

SIGN_IN = gql(
    """
    mutation SignIn($input: SignInInput!) {
      signIn(input: $input) { accessToken errors { message } }
    }
    """
)


def sign_in() -> dict[str, str]:
    """Signs in and returns the header of the session."""
    who = account()
    asked = request(SIGN_IN, input={"email": who["email"], "password": who["password"]})
    return {"Authorization": f"Bearer {over_http({}).execute(asked)['signIn']['accessToken']}"}


def over_http(headers: dict[str, str]) -> Client:
    """Returns a client that sends one request for each question, and knows the schema."""
    return Client(transport=RequestsHTTPTransport(url=URL, headers=headers), schema=SCHEMA)


def request(document: GraphQLRequest, **variables: Any) -> GraphQLRequest:
    """Returns a document with its variables."""
    return GraphQLRequest(document, variable_values=variables)


def open_door(headers: dict[str, str]) -> tuple[str, str]:
    """Opens an event with one guest, and returns the ids of the event and the registration."""
    event = mutate(
        headers, "createEvent", "event",
        kind="TRAINING", names=[{"text": "Training of door keepers", "language": "en"}], dates={"edtf": "2026-12-01"},
    )
    for step in ("PLAN", "OPEN"):
        mutate(headers, "advanceEvent", "event", id=event, step=step)
    guest = {"names": [{"asWritten": "Anna Guest", "family": "Guest", "given": "Anna", "language": "en"}]}
    return event, mutate(headers, "registerParticipant", "registration", eventId=event, participant={"new": guest})


def mutate(headers: dict[str, str], name: str, result: str, **given: Any) -> str:
    """Does one mutation and returns the id of what it made or changed."""
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = gql(
        f"mutation M($input: {kind}!) {{ {name}(input: $input) {{ {result} {{ id }} errors {{ message path }} }} }}"
    )
    payload = over_http(headers).execute(request(document, input=given))[name]
    if payload["errors"]:
        raise AssertionError(f"{name}: {payload['errors']}")
    return payload[result]["id"]
