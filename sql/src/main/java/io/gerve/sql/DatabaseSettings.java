package io.gerve.sql;

import java.time.Duration;

/**
 * How to reach the database: the file's {@code [database]}.
 *
 * @param url {@code jdbc:mysql://host:3306/database}, for MariaDB too
 * @param connectionsMax connections at one time, at least 1
 * @param queryTimeout how long one query may take, waiting for a connection included
 */
public record DatabaseSettings(String url, String user, String password, int connectionsMax, Duration queryTimeout) {}
