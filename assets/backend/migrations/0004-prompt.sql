-- What a user recognizes a generation by: the beginning of its prompt.
ALTER TABLE generation ADD COLUMN prompt text CHECK (length(prompt) <= 300);

-- It goes with the payload, also where an older program deletes that.
CREATE FUNCTION forget_prompt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.prompt := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER forget_prompt BEFORE UPDATE ON generation FOR EACH ROW
  WHEN (NEW.prompt IS NOT NULL AND (NEW.deleted_at IS NOT NULL OR NEW.purged_at IS NOT NULL)) EXECUTE FUNCTION forget_prompt();
