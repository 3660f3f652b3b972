"""Records callbacks. A body proves nothing: it makes a poll due.

uvicorn callbacks:app --no-access-log
"""
import hashlib
import json
import logging
import re

import psycopg
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from settings import connect

MAX_BYTES = 2 * 1024 * 1024
STATES = {"not_started": "SUBMITTED", "running": "PROGRESS", "processing": "PROGRESS", "finished": "COMPLETED", "failed": "FAILED"}

# recordCallback in assets/backend/src/generations/callbacks.ts
RECORD = """
  WITH g AS (
    SELECT id FROM generation WHERE provider = $1 AND callback_hash = $2
  ), event AS (
    INSERT INTO callback_event AS e (generation_id, task_id, state)
    SELECT g.id, $3, $4 FROM g
    WHERE (SELECT count(*) FROM callback_event c WHERE c.generation_id = g.id) < 20
      OR EXISTS (SELECT FROM callback_event c WHERE c.generation_id = g.id AND c.task_id = $3 AND c.state = $4)
    ON CONFLICT (generation_id, task_id, state) DO UPDATE SET deliveries = e.deliveries + 1, last_received_at = now()
    RETURNING generation_id, deliveries
  ), woken AS (
    UPDATE generation u SET wakes = wakes + 1, woken_at = now(),
      status = CASE WHEN status = 'needs_attention' THEN 'reconciling' ELSE status END,
      attention = NULL,
      due_at = CASE WHEN status = 'submitting' THEN due_at ELSE now() END
    FROM event WHERE u.id = event.generation_id
      AND (status IN ('submitting', 'reconciling', 'pending', 'running')
        OR (status = 'needs_attention' AND task_id IS NULL AND lost_at IS NOT NULL AND $3 <> ''))
      AND (deliveries = 1 OR woken_at IS NULL OR woken_at < now() - interval '5 seconds')
  )
  SELECT count(*)::int AS placed FROM g"""

app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
log = logging.getLogger("callbacks")


def hint_in(body: bytes) -> tuple[str, str]:
    """What the body seems to say: a task id and a state. Anything else about it is ignored."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    outer = value if isinstance(value, dict) else {}
    inner = outer.get("data") if isinstance(outer.get("data"), dict) else outer
    names = [place.get(name) for place in (inner, outer) for name in ("task_id", "taskId", "id")]
    task_id = next((name for name in names if isinstance(name, str) and re.fullmatch(r"[\w.:~-]{1,200}", name, re.ASCII)), "")
    status = inner.get("status")
    return task_id, STATES.get(status, "UNKNOWN") if isinstance(status, str) else "UNKNOWN"


@app.post("/v1/callbacks/{provider}/{token}")
async def callback(provider: str, token: str, request: Request) -> JSONResponse:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            return JSONResponse({"ok": False}, 413)
    if not re.fullmatch(r"[\w-]{16,200}", token, re.ASCII) or not re.fullmatch(r"\w{1,40}", provider, re.ASCII):
        return JSONResponse({"ok": True}, 202)
    values = [provider, hashlib.sha256(token.encode()).hexdigest(), *hint_in(bytes(body))]
    try:
        async with await connect() as db:
            row = await (await db.execute(RECORD, values)).fetchone()
    except psycopg.Error as error:
        log.error("a callback is not stored: %s", type(error).__name__)  # no path, no body, no message
        return JSONResponse({"ok": False}, 503)
    return JSONResponse({"ok": True}, 200 if row and row["placed"] else 202)
