-- A user's generations of one status, without reading those of others.
CREATE INDEX generation_of_user_by_status ON generation (user_id, status, id DESC) WHERE deleted_at IS NULL;
