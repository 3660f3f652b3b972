-- One row for each request of a user. Its constraints and triggers carry the guarantees; see README.md.

CREATE TABLE generation (
  id uuid PRIMARY KEY,
  user_id text NOT NULL,
  idempotency_key text NOT NULL CHECK (length(idempotency_key) BETWEEN 8 AND 128),
  body_hash text NOT NULL,
  provider text NOT NULL,
  -- The provider with a fingerprint of the API key. AIVideoMaker shows a task only to the key that made it.
  account text NOT NULL,
  model text NOT NULL,
  -- Null once it is deleted. A large payload is a file of the store, until the task is accepted.
  payload json,
  payload_key text,
  max_credits integer CHECK (max_credits >= 0),
  quoted integer,
  -- Credits that count against the user's cap until the service reports what it charged.
  reserved integer NOT NULL DEFAULT 0,

  status text NOT NULL DEFAULT 'queued' CHECK (status IN (
    'queued', 'submitting', 'reconciling', 'pending', 'running', 'saving',
    'succeeded', 'failed', 'cancelled', 'rejected', 'needs_attention')),
  task_id text CHECK (task_id <> ''),
  provider_state text,
  charged integer,
  refunded integer,
  error_code text,
  error_message text CHECK (length(error_message) <= 2000),
  attention text CHECK (length(attention) <= 2000),

  created_at timestamptz NOT NULL DEFAULT now(),
  -- Committed before the submit leaves; null again where the service certainly refused it.
  submit_started_at timestamptz,
  -- When a submit ended without an answer.
  lost_at timestamptz,
  -- The last time that the service certainly refused a submit which may be sent again (429, 401, no connection).
  refused_at timestamptz,
  submitted_at timestamptz,
  ended_at timestamptz,
  cancel_requested_at timestamptz,
  deleted_at timestamptz,
  -- When its files, payload and prompt were gone.
  purged_at timestamptz,

  -- The queue of submits, lowest first. A user who sends many is ordered behind users who send few.
  queue_order timestamptz NOT NULL DEFAULT now(),
  -- The user is at MAX_RUNNING_PER_USER: skipped until one of their tasks ends.
  held boolean NOT NULL DEFAULT false,
  -- When a worker has to act on this row next.
  due_at timestamptz DEFAULT now(),
  -- The worker that acts on the row now, and until when no other may.
  lease uuid,
  leased_until timestamptz,
  -- Counts callbacks and cancels, so that one which arrives during a poll is noticed when the poll ends.
  wakes integer NOT NULL DEFAULT 0,
  woken_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  -- SHA-256 of the token in the callback address of the last submit.
  callback_hash text,

  -- What the request costs its user, as far as it is known.
  cost integer NOT NULL GENERATED ALWAYS AS (CASE
    WHEN status = 'rejected' OR (status = 'cancelled' AND task_id IS NULL) THEN 0
    WHEN charged IS NOT NULL THEN greatest(charged - coalesce(refunded, 0), 0)
    ELSE reserved END) STORED,

  UNIQUE (user_id, idempotency_key),
  CONSTRAINT task_of_an_accepted_one CHECK (task_id IS NOT NULL OR status NOT IN ('pending', 'running', 'saving', 'succeeded')),
  CONSTRAINT start_of_a_submit CHECK (submit_started_at IS NOT NULL OR status NOT IN ('submitting', 'reconciling')),
  CONSTRAINT lost_while_reconciling CHECK (lost_at IS NOT NULL OR status <> 'reconciling'),
  -- Every row has ended, waits for a person, or is due at some time: no row is forgotten.
  CONSTRAINT open_rows_are_due CHECK ((due_at IS NULL) =
    (status IN ('succeeded', 'failed', 'cancelled', 'rejected', 'needs_attention'))),
  CONSTRAINT end_has_a_time CHECK ((ended_at IS NOT NULL) = (status IN ('succeeded', 'failed', 'cancelled', 'rejected'))),
  CONSTRAINT attention_says_why CHECK ((attention IS NOT NULL) = (status = 'needs_attention'))
);

CREATE UNIQUE INDEX generation_task ON generation (provider, task_id, account) WHERE task_id IS NOT NULL;
CREATE UNIQUE INDEX generation_callback ON generation (callback_hash) WHERE callback_hash IS NOT NULL;

-- All of them are partial: they grow with the work that is open, not with the rows.
CREATE INDEX generation_queue ON generation (account, queue_order) WHERE status = 'queued' AND NOT held;
CREATE INDEX generation_queued_of_user ON generation (user_id, queue_order) WHERE status = 'queued';
CREATE INDEX generation_lost ON generation (due_at) WHERE status IN ('submitting', 'reconciling');
CREATE INDEX generation_open ON generation (account, due_at) WHERE status IN ('pending', 'running');
CREATE INDEX generation_unsaved ON generation (due_at) WHERE status = 'saving';
CREATE INDEX generation_busy_of_user ON generation (user_id)
  WHERE status IN ('submitting', 'reconciling', 'pending', 'running');
CREATE INDEX generation_cost_of_user ON generation (user_id, created_at) INCLUDE (cost) WHERE cost > 0;
CREATE INDEX generation_attention ON generation (created_at) WHERE status = 'needs_attention';
CREATE INDEX generation_of_user ON generation (user_id, id DESC) WHERE deleted_at IS NULL;
CREATE INDEX generation_input ON generation (id)
  WHERE payload_key IS NOT NULL AND status NOT IN ('queued', 'submitting', 'reconciling', 'needs_attention');
CREATE INDEX generation_expiring ON generation (ended_at) WHERE ended_at IS NOT NULL AND purged_at IS NULL;
CREATE INDEX generation_deleted ON generation (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL;

-- The state machine. An end is final, a task is never replaced, and a submit that may have left is never queued again.
CREATE TABLE generation_transition (from_status text, to_status text, PRIMARY KEY (from_status, to_status));
INSERT INTO generation_transition VALUES
  ('queued', 'submitting'), ('queued', 'cancelled'), ('queued', 'rejected'), ('queued', 'needs_attention'),
  ('submitting', 'queued'), ('submitting', 'pending'), ('submitting', 'rejected'), ('submitting', 'cancelled'),
  ('submitting', 'reconciling'),
  ('reconciling', 'pending'), ('reconciling', 'needs_attention'),
  ('pending', 'running'), ('pending', 'saving'), ('pending', 'failed'), ('pending', 'cancelled'),
  ('pending', 'needs_attention'),
  ('running', 'saving'), ('running', 'failed'), ('running', 'cancelled'), ('running', 'needs_attention'),
  ('saving', 'succeeded'), ('saving', 'needs_attention'),
  -- By a person, or by a callback that names the task.
  ('needs_attention', 'reconciling'), ('needs_attention', 'pending'), ('needs_attention', 'saving'),
  ('needs_attention', 'queued'), ('needs_attention', 'failed');

CREATE FUNCTION check_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.user_id, NEW.idempotency_key, NEW.body_hash, NEW.provider, NEW.account, NEW.model)
    IS DISTINCT FROM (OLD.user_id, OLD.idempotency_key, OLD.body_hash, OLD.provider, OLD.account, OLD.model)
    OR (OLD.task_id IS NOT NULL AND NEW.task_id IS DISTINCT FROM OLD.task_id) THEN
    RAISE EXCEPTION 'generation %: user, key, request and task never change', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.status = OLD.status THEN RETURN NEW; END IF;
  IF NOT EXISTS (SELECT FROM generation_transition WHERE from_status = OLD.status AND to_status = NEW.status) THEN
    RAISE EXCEPTION 'generation %: % does not become %', OLD.id, OLD.status, NEW.status USING ERRCODE = 'check_violation';
  END IF;
  IF OLD.status = 'submitting' AND NEW.status = 'queued' AND NEW.refused_at IS NOT DISTINCT FROM OLD.refused_at THEN
    RAISE EXCEPTION 'generation %: only a refusal by the service allows another submit', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER check_generation BEFORE UPDATE ON generation FOR EACH ROW EXECUTE FUNCTION check_generation();

CREATE TABLE generation_file (
  generation_id uuid NOT NULL REFERENCES generation (id) ON DELETE CASCADE,
  n integer NOT NULL CHECK (n BETWEEN 1 AND 100),
  -- The service's link. It ends; the stored copy does not.
  source_url text,
  linked_at timestamptz NOT NULL DEFAULT now(),
  storage_key text,
  media_type text,
  bytes bigint CHECK (bytes > 0),
  sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  PRIMARY KEY (generation_id, n),
  CONSTRAINT whole_or_not_stored CHECK (storage_key IS NULL OR (media_type IS NOT NULL AND bytes IS NOT NULL AND sha256 IS NOT NULL))
);

CREATE FUNCTION stored_before_success() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM generation_file WHERE generation_id = NEW.id)
    OR EXISTS (SELECT FROM generation_file WHERE generation_id = NEW.id AND storage_key IS NULL) THEN
    RAISE EXCEPTION 'generation %: not every file is stored', NEW.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER stored_before_success BEFORE UPDATE OF status ON generation FOR EACH ROW
  WHEN (NEW.status = 'succeeded' AND OLD.status <> 'succeeded') EXECUTE FUNCTION stored_before_success();

-- What a callback claims: deduplicated, and capped for each generation. Never a result.
CREATE TABLE callback_event (
  generation_id uuid NOT NULL REFERENCES generation (id) ON DELETE CASCADE,
  task_id text NOT NULL,
  state text NOT NULL,
  deliveries integer NOT NULL DEFAULT 1,
  received_at timestamptz NOT NULL DEFAULT now(),
  last_received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (generation_id, task_id, state)
);

-- The history that server-sent events repeat after `Last-Event-ID`.
CREATE TABLE generation_event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  generation_id uuid NOT NULL REFERENCES generation (id) ON DELETE CASCADE,
  status text NOT NULL,
  at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX generation_event_of ON generation_event (generation_id, id);

-- Where a user receives notices of ends. The secret signs, as in Standard Webhooks.
CREATE TABLE webhook_endpoint (
  user_id text PRIMARY KEY,
  url text NOT NULL,
  secret text NOT NULL
);

CREATE TABLE outbox (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  generation_id uuid NOT NULL REFERENCES generation (id) ON DELETE CASCADE,
  user_id text NOT NULL,
  status text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Null once it is delivered or given up.
  due_at timestamptz DEFAULT now(),
  lease uuid,
  leased_until timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  delivered_at timestamptz,
  last_error text,
  UNIQUE (generation_id, status)
);
CREATE INDEX outbox_due ON outbox (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX outbox_done ON outbox (created_at) WHERE due_at IS NULL;

-- One row for each service and key: its rate limit, and what holds all workers back.
CREATE TABLE service_account (
  provider text NOT NULL,
  account text NOT NULL,
  permits double precision NOT NULL DEFAULT 0,
  refilled_at timestamptz NOT NULL DEFAULT now(),
  paused_until timestamptz,
  pauses integer NOT NULL DEFAULT 0,
  -- Set by a 401. An operator clears it: `npm run admin -- resume <provider>`.
  stopped_at timestamptz,
  stopped_because text,
  listed_at timestamptz,
  list_lease uuid,
  list_leased_until timestamptz,
  PRIMARY KEY (provider, account)
);

-- A change is announced in the transaction that makes it: as an event, to listeners, and in the outbox.
CREATE FUNCTION announce_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO generation_event (generation_id, status) VALUES (NEW.id, NEW.status);
  PERFORM pg_notify('generation', json_build_object('user', NEW.user_id, 'id', NEW.id)::text);
  IF NEW.ended_at IS NOT NULL THEN
    INSERT INTO outbox (generation_id, user_id, status)
    SELECT NEW.id, NEW.user_id, NEW.status FROM webhook_endpoint e WHERE e.user_id = NEW.user_id;
  END IF;
  -- A place among the user's running tasks is free again.
  IF OLD.status IN ('submitting', 'reconciling', 'pending', 'running')
    AND NEW.status NOT IN ('submitting', 'reconciling', 'pending', 'running') THEN
    UPDATE generation SET held = false WHERE id = (
      SELECT id FROM generation WHERE user_id = NEW.user_id AND status = 'queued' AND held
      ORDER BY queue_order LIMIT 1 FOR UPDATE SKIP LOCKED);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER announce_generation AFTER UPDATE OF status ON generation FOR EACH ROW
  WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION announce_generation();
