"""The example examples/statistics: its CSV holds what the documents report, and keeps unknown apart from zero."""

import csv
import unittest

from door import over_http, request, sign_in
from example import run
from gql import gql

OPEN = gql(
    """
    mutation Open($input: CreateServiceAccountInput!) {
      createServiceAccount(input: $input) { serviceAccount { clientId } clientSecret errors { message } }
    }
    """
)


def credentials() -> dict[str, str]:
    """Opens a service account for the example and returns what it needs of it."""
    places = [{"placeKind": "PLATFORM"}]
    asked = request(OPEN, input={"name": "Statistics", "scopes": ["REACH_READ"], "places": places})
    opened = over_http(sign_in()).execute(asked)["createServiceAccount"]
    return {
        "HEMICYCLE_CLIENT_ID": opened["serviceAccount"]["clientId"],
        "HEMICYCLE_CLIENT_SECRET": opened["clientSecret"],
    }


class Statistics(unittest.TestCase):
    """The rows of the reach by country."""

    client: dict[str, str]

    @classmethod
    def setUpClass(cls) -> None:
        cls.client = credentials()

    def rows(self) -> dict[str, dict[str, str]]:
        """Returns what the example prints, by country."""
        printed = run("statistics/reach.py", **self.client).stdout.splitlines()
        return {row["country"]: row for row in csv.DictReader(printed)}

    def test_a_row_for_each_country(self) -> None:
        rows = self.rows()
        self.assertEqual(set(rows), {"IN", "KZ", "UZ"})
        self.assertEqual(rows["KZ"], {
            "country": "KZ", "events": "7", "participations": "0", "persons": "0", "reported_exactly": "44",
            "inexact_figures": "1", "events_without_figure": "5",
        })

    def test_unknown_is_not_zero(self) -> None:
        rows = self.rows()
        self.assertEqual((rows["IN"]["events"], rows["IN"]["reported_exactly"]), ("2", ""))

    def test_a_wrong_secret_ends_it(self) -> None:
        ended = run("statistics/reach.py", **self.client | {"HEMICYCLE_CLIENT_SECRET": "wrong"})
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("secret is wrong", ended.stderr)


if __name__ == "__main__":
    unittest.main()
