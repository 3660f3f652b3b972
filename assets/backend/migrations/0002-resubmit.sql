-- A lost submit is sent once more, with the same key, when the service's list has been clear of it for a minute.

-- Committed before that request leaves. Null again only where the service certainly refused it.
ALTER TABLE generation ADD COLUMN resubmitted_at timestamptz;

-- The service may reject the second submit for good.
INSERT INTO generation_transition VALUES ('reconciling', 'rejected');

CREATE FUNCTION resubmitted_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.resubmitted_at IS NOT NULL AND (OLD.resubmitted_at IS NOT NULL OR NEW.status <> 'reconciling') THEN
    RAISE EXCEPTION 'generation %: a lost submit is sent once more, and only once', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF NEW.resubmitted_at IS NULL AND NEW.refused_at IS NOT DISTINCT FROM OLD.refused_at
    AND NOT (OLD.status = 'needs_attention' AND NEW.status = 'queued') THEN
    RAISE EXCEPTION 'generation %: only a refusal by the service, or a person, allows another submit', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER resubmitted_once BEFORE UPDATE OF resubmitted_at ON generation FOR EACH ROW
  WHEN (NEW.resubmitted_at IS DISTINCT FROM OLD.resubmitted_at) EXECUTE FUNCTION resubmitted_once();
