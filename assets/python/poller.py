"""Claims tasks whose poll is due, asks APIDot, and records the answer.

python poller.py
"""
import asyncio
import email.utils
import json
import logging
import time
import urllib.parse
import uuid

import httpx
import psycopg

from settings import ACCOUNT, API_URL, HAS_CALLBACKS, KEY, connect

QUERY_SECONDS = 20  # one poll with all its queries: less than the lease
MAX_BYTES = 1024 * 1024
MISSING_SECONDS = 600
LONGEST_PAUSE_SECONDS = 300

# claimPolls, recordRunning, pollLater, recordCompleted and recordFailed in assets/backend/src/generations/polling.ts
CLAIM = """
  WITH due AS (
    SELECT id FROM generation
    WHERE status IN ('pending', 'running') AND account = $2 AND due_at <= now() AND (leased_until IS NULL OR leased_until <= now())
      AND (cancel_requested_at IS NOT NULL OR ($4::text[] IS NOT NULL AND NOT EXISTS (SELECT FROM unnest($4::text[]) AS s (id) WHERE s.id = task_id)))
    ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
  )
  UPDATE generation g SET lease = $1, leased_until = now() + interval '30 seconds', attempts = attempts + 1 FROM due WHERE g.id = due.id
  RETURNING g.id, g.lease, g.task_id AS "taskId", extract(epoch FROM now() - g.submitted_at)::float8 AS "ageSeconds",
    extract(epoch FROM now() - g.missing_since)::float8 AS "missingSeconds", g.attempts, g.wakes, g.cancel_requested_at IS NOT NULL AS "isCancelRequested" """
RUNNING = """
  UPDATE generation SET status = CASE WHEN $4 THEN 'running' ELSE status END, provider_state = $5, attempts = 0, missing_since = NULL,
    due_at = CASE WHEN wakes = $3 THEN now() + make_interval(secs => $6) ELSE due_at END, lease = NULL, leased_until = NULL
  WHERE id = $1 AND lease = $2 AND status IN ('pending', 'running')"""
LATER = """
  UPDATE generation SET missing_since = CASE WHEN $5 THEN coalesce(missing_since, now()) ELSE missing_since END, due_at = CASE WHEN wakes = $3 THEN now() + make_interval(secs => $4) ELSE due_at END, lease = NULL, leased_until = NULL
  WHERE id = $1 AND lease = $2 AND status IN ('pending', 'running')"""
COMPLETED = """
  WITH ended AS (
    UPDATE generation SET status = 'saving', provider_state = 'COMPLETED', charged = coalesce($3, charged),
      refunded = coalesce($4, refunded), due_at = now(), attempts = 0, cancel_requested_at = NULL, lease = NULL, leased_until = NULL
    WHERE id = $1 AND status IN ('pending', 'running') RETURNING id
  )
  INSERT INTO generation_file (generation_id, n, source_url)
  SELECT ended.id, u.n, u.url FROM ended, unnest($2::text[]) WITH ORDINALITY AS u (url, n) RETURNING n"""
FAILED = """
  UPDATE generation SET status = $2, ended_at = now(), due_at = NULL, error_code = $3, error_message = $4,
    charged = coalesce($5, charged), refunded = coalesce($6, refunded), lease = NULL, leased_until = NULL
  WHERE id = $1 AND status IN ('pending', 'running') RETURNING id"""
# giveToPerson in assets/backend/src/generations/reconciling.ts
PERSON = """
  UPDATE generation SET status = 'needs_attention', attention = $3, due_at = NULL, lease = NULL, leased_until = NULL
  WHERE id = $1 AND lease = $2 AND status IN ('reconciling', 'pending', 'running', 'saving') RETURNING id"""
# isOpen, pause and stop in assets/backend/src/services/limiter.ts
KNOWN = "INSERT INTO service_account (provider, account, permits) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
OPEN = """
  SELECT FROM service_account WHERE provider = $1 AND account = $2
    AND (paused_until IS NULL OR paused_until <= clock_timestamp()) AND stopped_at IS NULL"""
PAUSE = """
  UPDATE service_account SET pauses = (CASE WHEN paused_until > clock_timestamp() THEN greatest(pauses - 1, 0) ELSE pauses END) + 1, permits = least(permits, 0),
    paused_until = greatest(coalesce(paused_until, clock_timestamp()), clock_timestamp() + make_interval(secs =>
      coalesce($3::float8, least($4::float8, 5 * power(2, least((CASE WHEN paused_until > clock_timestamp() THEN greatest(pauses - 1, 0) ELSE pauses END), 10))))))
  WHERE provider = $1 AND account = $2"""
STOP = """
  UPDATE service_account SET stopped_at = coalesce(stopped_at, now()), stopped_because = $3
  WHERE provider = $1 AND account = $2"""
SUCCEEDED = "UPDATE service_account SET pauses = 0 WHERE provider = $1 AND account = $2 AND pauses > 0"

log = logging.getLogger("poller")


class QueryFailed(Exception):
    def __init__(self, code: int | None, retry_after: float | None = None):
        super().__init__(f"the query was answered with {code}" if code else "no answer that can be read")
        self.code, self.retry_after = code, retry_after


def seconds_of(header: str | None) -> float | None:
    """Retry-After: seconds, or a date."""
    if header is None:
        return None
    try:
        wait = int(header) if header.isdigit() else email.utils.parsedate_to_datetime(header).timestamp() - time.time()
    except ValueError:
        return None
    return min(max(wait, 0), 3600)


def files_of(data: dict) -> list[str]:
    """Both places, and both names, that the public sources show: see apidot-api.md."""
    output = data.get("output")
    files = (isinstance(output, dict) and output.get("files")) or data.get("files") or []
    named = [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []
    urls = [file.get("file_url") or file.get("audio_url") for file in named]
    return [url for url in urls if isinstance(url, str)][:100]


async def ask(http: httpx.AsyncClient, path: str) -> dict:
    raw = bytearray()
    try:
        async with http.stream("GET", path) as answer:
            async for chunk in answer.aiter_bytes():
                raw += chunk
                if len(raw) > MAX_BYTES:
                    raise QueryFailed(None)
        body = json.loads(raw)
    except (httpx.HTTPError, ValueError, RecursionError):
        body = None
        if not raw:
            raise QueryFailed(None) from None
    code = body.get("code") if isinstance(body, dict) else None  # a failure may come inside HTTP 200
    if not isinstance(code, int) or code in (0, 200):
        code = answer.status_code
    if code != 200:
        raise QueryFailed(code, seconds_of(answer.headers.get("retry-after")))
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        raise QueryFailed(None)
    return data


async def fetch(http: httpx.AsyncClient, task_id: str) -> tuple[str, list[str], str]:
    """The service's word for the state, the links, and the reason of a failure."""
    quoted = urllib.parse.quote(task_id, safe="")
    data = await ask(http, f"/api/generate/status/{quoted}")
    state = data.get("status")
    if not isinstance(state, str):
        raise QueryFailed(None)
    urls = files_of(data)
    if state == "finished" and not urls:  # music: only the detail names the file
        urls = files_of(await ask(http, f"/api/generate/detail/music?task_id={quoted}"))
    return state, urls, str(data.get("error_message") or "The service gives no reason.")


def storable(text: str, most: int = 2000) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:most]


def next_poll(age: float) -> float:
    """nextPoll in assets/backend/src/queue/poll.ts"""
    seconds = min(max(2, age / 30), 15)
    return min(seconds * 4, 60) if HAS_CALLBACKS else seconds


async def poll_one(db: psycopg.AsyncConnection, http: httpx.AsyncClient, row: dict) -> None:
    id, lease, wakes, age = row["id"], row["lease"], row["wakes"], row["ageSeconds"]
    # A lagging replica may say so of a task of any age: only what lasts is for a person.
    is_missing_too_long = (row["missingSeconds"] or 0) > MISSING_SECONDS
    try:
        async with asyncio.timeout(QUERY_SECONDS):
            state, urls, reason = await fetch(http, row["taskId"])
    except (QueryFailed, TimeoutError) as error:
        code = getattr(error, "code", None)
        if code == 401:
            await db.execute(STOP, ["apidot", ACCOUNT, "The key is not valid."])
        if code == 429:
            await db.execute(PAUSE, ["apidot", ACCOUNT, error.retry_after, LONGEST_PAUSE_SECONDS])
        if code == 404 and is_missing_too_long:
            await db.execute(PERSON, [id, lease, f"The service knows no task {row['taskId']}."])
        else:  # a failed poll is not a failed task
            await db.execute(LATER, [id, lease, wakes, min(2 ** row["attempts"], 60), code == 404])
        log.warning("poll of %s: %s", id, error)
        return
    await db.execute(SUCCEEDED, ["apidot", ACCOUNT])
    if state == "finished" and urls:
        await db.execute(COMPLETED, [id, urls, None, None])  # a worker of the backend saves the files
    elif state == "finished" and is_missing_too_long:
        await db.execute(PERSON, [id, lease, f"Task {row['taskId']} is finished, but the service names no file."])
    elif state == "finished":
        await db.execute(LATER, [id, lease, wakes, 15, True])
    elif state == "failed":
        await db.execute(FAILED, [id, "failed", "GENERATION_FAILED", storable(reason), None, None])
    else:  # a word that nobody documents counts as pending
        is_running = state in ("running", "processing")
        await db.execute(RUNNING, [id, lease, wakes, is_running, storable(state, 40), next_poll(age)])


async def work(http: httpx.AsyncClient) -> None:
    while True:
        try:
            async with await connect() as db:
                await db.execute(KNOWN, ["apidot", ACCOUNT, 0])
                while True:
                    rows = []
                    if await (await db.execute(OPEN, ["apidot", ACCOUNT])).fetchone() is not None:
                        rows = await (await db.execute(CLAIM, [str(uuid.uuid4()), ACCOUNT, 1, []])).fetchall()
                    for row in rows:
                        await poll_one(db, http, row)
                    if not rows:
                        await asyncio.sleep(1)
        except Exception as error:  # the database is away, mostly; the lease ends by itself
            log.error("a poll ended without a record: %s", type(error).__name__)
            await asyncio.sleep(5)


async def main() -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=API_URL, headers=headers, follow_redirects=False) as http:
        await asyncio.gather(*(work(http) for _ in range(4)))


if __name__ == "__main__":
    if not KEY:
        raise SystemExit("APIDOT_API_KEY is not set.")
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines hold task ids
    asyncio.run(main())
