-- What is queued belongs to no key yet: the worker that submits it sets the account, so that a replaced key strands nothing.

CREATE OR REPLACE FUNCTION check_generation() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.user_id, NEW.idempotency_key, NEW.body_hash, NEW.provider, NEW.model)
    IS DISTINCT FROM (OLD.user_id, OLD.idempotency_key, OLD.body_hash, OLD.provider, OLD.model)
    OR (NEW.account <> OLD.account AND NOT (OLD.status = 'queued' AND NEW.status = 'submitting'))
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

-- The queue of a service, whichever key a request was queued under. An older program's claim reads it, too.
DROP INDEX generation_queue;
CREATE INDEX generation_queue ON generation (provider, queue_order) WHERE status = 'queued' AND NOT held;
