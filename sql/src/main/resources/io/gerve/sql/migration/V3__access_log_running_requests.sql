-- A request that runs long has two rows: one that was written while it ran, with ended_by 'unknown', and one that was
-- written when it had ended.
CREATE UNIQUE INDEX access_log_request_end ON access_log (request_id, ended_by);
DROP INDEX access_log_request ON access_log;
