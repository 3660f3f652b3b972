-- Two equal requests whose answers are lost may find each other's task; then they exchange their submits.

-- The key that the service gets; null: the id. Another one only where the submit was exchanged.
ALTER TABLE generation ADD COLUMN submit_key uuid;
-- It has its task because that resembles its request: nothing has proved yet whose it is.
ALTER TABLE generation ADD COLUMN found_alike boolean NOT NULL DEFAULT false;

CREATE OR REPLACE FUNCTION resubmitted_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- With another submit comes what became of that one.
  IF NEW.submit_key IS DISTINCT FROM OLD.submit_key THEN RETURN NEW; END IF;
  IF NEW.resubmitted_at IS NOT NULL AND (OLD.resubmitted_at IS NOT NULL OR NEW.status <> 'reconciling') THEN
    RAISE EXCEPTION 'generation %: a lost submit is sent once more, and only once', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.resubmitted_at IS NULL AND NEW.refused_at IS NOT DISTINCT FROM OLD.refused_at
    AND NOT (OLD.status = 'needs_attention' AND NEW.status = 'queued') THEN
    RAISE EXCEPTION 'generation %: only a refusal by the service, or a person, allows another submit', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;

-- Equal submits, while it is not known which task is whose.
CREATE INDEX generation_unsettled ON generation (account, model)
  WHERE task_id IS NULL AND status IN ('submitting', 'reconciling', 'needs_attention');
