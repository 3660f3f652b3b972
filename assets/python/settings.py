"""Reads the environment, as assets/backend/src/config.ts does, and connects to the backend's database."""
import hashlib
import json
from os import environ

import psycopg
from psycopg.rows import dict_row

KEY = environ.get("APIDOT_API_KEY", "")
BASE_URL = environ.get("APIDOT_BASE_URL", "").rstrip("/") or None
API_URL = BASE_URL or "https://api.apidot.ai"
HAS_CALLBACKS = bool(environ.get("PUBLIC_URL"))
# A task belongs to the key that made it: fingerprint in assets/backend/src/services/service.ts
ACCOUNT = "apidot:" + hashlib.sha256(json.dumps([KEY, BASE_URL], separators=(",", ":")).encode()).hexdigest()[:16]


async def connect() -> psycopg.AsyncConnection:
    """A connection whose statements use PostgreSQL's own $1, each in a transaction of its own."""
    return await psycopg.AsyncConnection.connect(
        environ["DATABASE_URL"],
        autocommit=True,
        connect_timeout=5,
        row_factory=dict_row,
        cursor_factory=psycopg.AsyncRawCursor,
    )
