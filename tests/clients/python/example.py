"""Running an example as a person would: a program of its own, told by the environment where to go."""

import os
import subprocess
import sys
from pathlib import Path

from server import URL, account

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


def run(
    file: str, *parameters: str, url: str = URL, password: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """Runs an example as the platform's administrator, with more in its environment, and returns what it printed."""
    who = account()
    environment = os.environ | {
        "HEMICYCLE_URL": url,
        "HEMICYCLE_EMAIL": who["email"],
        "HEMICYCLE_PASSWORD": password or who["password"],
    } | more
    return subprocess.run(
        [sys.executable, str(EXAMPLES / file), *parameters],
        env=environment, capture_output=True, text=True, check=False, timeout=120,
    )
