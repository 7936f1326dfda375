-- One row for each gate, which the gate renews while it runs; gerve doctor reads them. settings has a line for each
-- setting, with its name and a hash of its value, and no secret. clock is the time of the gate's machine when the row was
-- renewed, and seen_at is that of the database. refused_proxy_headers counts the connections since started_at.
CREATE TABLE gate_reports (
  gate VARCHAR(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  program VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account VARCHAR(63) NOT NULL,
  config_file VARCHAR(500) NOT NULL,
  started_at DATETIME(6) NOT NULL,
  clock DATETIME(6) NOT NULL,
  seen_at DATETIME(6) NOT NULL,
  refused_proxy_headers BIGINT NOT NULL,
  settings TEXT CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (gate, program)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4;
