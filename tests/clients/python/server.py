"""The server under test: where it is, and who signs in."""

import json
import os
from pathlib import Path

URL = os.environ["HEMICYCLE_URL"]
SOCKET_URL = URL.replace("http", "ws", 1)
SCHEMA = Path(os.environ["HEMICYCLE_SCHEMA"]).read_text(encoding="utf-8")


def account(role: str = "PLATFORM_ADMINISTRATOR") -> dict[str, str]:
    """Returns the demonstration's account of a role."""
    accounts = json.loads(Path(os.environ["HEMICYCLE_ACCOUNTS"]).read_text(encoding="utf-8"))
    return next(account for account in accounts if account["role"] == role)
