-- A gate adds its chain without naming the anchor, so that its database user needs no right on the anchor's columns
-- (database-rights.sql). '' is 32 zero bytes.
ALTER TABLE access_log_chains ALTER COLUMN anchor_position SET DEFAULT 0;
ALTER TABLE access_log_chains ALTER COLUMN anchor_hash SET DEFAULT '';
