"""The example examples/statistics: its CSV holds what the documents report, and keeps unknown apart from zero."""

import csv
import unittest

from example import run


class Statistics(unittest.TestCase):
    """The rows of the reach by country."""

    def test_a_row_for_each_country(self) -> None:
        rows = {row["country"]: row for row in csv.DictReader(run("statistics/reach.py").stdout.splitlines())}
        self.assertEqual(set(rows), {"IN", "KZ", "UZ"})
        self.assertEqual(rows["KZ"], {
            "country": "KZ", "events": "7", "participations": "0", "persons": "0", "reported_exactly": "44",
            "inexact_figures": "1", "events_without_figure": "5",
        })

    def test_unknown_is_not_zero(self) -> None:
        rows = {row["country"]: row for row in csv.DictReader(run("statistics/reach.py").stdout.splitlines())}
        self.assertEqual((rows["IN"]["events"], rows["IN"]["reported_exactly"]), ("2", ""))

    def test_a_wrong_password_ends_it(self) -> None:
        ended = run("statistics/reach.py", password="wrong")
        self.assertNotEqual(ended.returncode, 0)
        self.assertIn("password", ended.stderr)


if __name__ == "__main__":
    unittest.main()
