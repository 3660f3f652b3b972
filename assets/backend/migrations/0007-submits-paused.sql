-- The account has too few credits: submits wait, while its running tasks are polled as ever.
ALTER TABLE service_account ADD COLUMN submits_paused_until timestamptz;
