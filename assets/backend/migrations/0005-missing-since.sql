-- A service may know a task late, and show its files late: how long it has done so counts from here, not from the submit.

-- Since when polls have found no such task, or a COMPLETED one without files; null where the last one did not.
ALTER TABLE generation ADD COLUMN missing_since timestamptz;
