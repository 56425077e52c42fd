"""The client gql: questions over HTTP with the schema at hand, and a subscription over WebSocket."""

import asyncio
import unittest
import uuid
from collections.abc import AsyncIterator
from typing import Any

from gql import Client, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from gql.transport.websockets import WebsocketsTransport
from graphql import GraphQLError

from door import mutate, open_door, over_http, request, sign_in
from server import SCHEMA, SOCKET_URL, URL, account

REACH = gql(
    """
    query Reach($country: CountryCode!) {
      reach(where: { country: { eq: $country } }) {
        whole { events counted { uniqueParticipants } reported { exactSum inexact { nodes { value qualifier } } } }
      }
    }
    """
)

FOLLOW = gql(
    """
    subscription Follow($id: ID!) {
      eventAttendance(eventId: $id) { change expected attended inside }
    }
    """
)

# What one side lists and the other may leave out while nothing uses it.
BUILT_IN = {"Float", "Boolean"}


def over_socket(headers: dict[str, str]) -> Client:
    """Returns a client on a WebSocket of its own.

    The protocol has to be named: gql 4.4 looks for the header of the one that was agreed on with its capitals alone,
    finds none where a server writes it in lower case, as ours does, and falls back to a protocol of the past.
    """
    transport = WebsocketsTransport(
        url=SOCKET_URL, init_payload=headers, subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL]
    )
    return Client(transport=transport, schema=SCHEMA)


class OverHttp(unittest.TestCase):
    """Questions one at a time, by requests."""

    def setUp(self) -> None:
        self.client = over_http(sign_in())

    def test_the_reach_of_a_country(self) -> None:
        whole = self.client.execute(request(REACH, country="KZ"))["reach"]["whole"]
        self.assertEqual(whole, {
            "events": 7,
            "counted": {"uniqueParticipants": 0},
            "reported": {"exactSum": 44, "inexact": {"nodes": [{"value": 2000, "qualifier": "APPROXIMATE"}]}},
        })

    def test_a_document_that_the_schema_forbids_is_not_sent(self) -> None:
        with self.assertRaises(GraphQLError):
            self.client.execute(gql("{ events { rows { id } } }"))

    def test_the_schema_of_the_server_is_the_one_at_hand(self) -> None:
        with Client(transport=RequestsHTTPTransport(url=URL), fetch_schema_from_transport=True) as session:
            told = session.client.schema
        self.assertEqual(set(told.type_map) - BUILT_IN, set(self.client.schema.type_map) - BUILT_IN)

    def test_an_error_has_its_code_and_path(self) -> None:
        with self.assertRaises(TransportQueryError) as caught:
            self.client.execute(gql('{ event(id: "wrong") { id } me { email } }'))
        [error] = caught.exception.errors
        self.assertEqual((error["path"], error["extensions"]["code"]), (["event"], "BAD_USER_INPUT"))
        self.assertEqual(caught.exception.data["me"], {"email": account()["email"]})


class OverWebSocket(unittest.IsolatedAsyncioTestCase):
    """A subscription that sees a check-in arrive."""

    async def test_a_check_in_moves_the_figures(self) -> None:
        headers = sign_in()
        event, registration = open_door(headers)
        async with over_socket(headers) as session:
            told = session.subscribe(request(FOLLOW, id=event))
            figures = await self.next_figures(told)
            self.assertEqual(figures, {"change": "CURRENT", "expected": 1, "attended": 0, "inside": 0})
            scan = {"registrationId": registration, "scanId": str(uuid.uuid4())}
            await asyncio.to_thread(mutate, headers, "checkIn", "registration", **scan)
            figures = await self.next_figures(told)
            self.assertEqual(figures, {"change": "CHECKED_IN", "expected": 1, "attended": 1, "inside": 1})
            await told.aclose()

    async def next_figures(self, told: AsyncIterator[dict[str, Any]]) -> dict[str, Any]:
        """Waits for the next figures; that the guest was registered may come late, and is in them already."""
        while (figures := (await anext(told))["eventAttendance"])["change"] == "REGISTERED":
            pass
        return figures

    async def test_a_query_goes_over_the_same_socket(self) -> None:
        async with over_socket(sign_in()) as session:
            answer = await session.execute(gql("{ me { email } }"))
        self.assertEqual(answer, {"me": {"email": account()["email"]}})


if __name__ == "__main__":
    unittest.main()
