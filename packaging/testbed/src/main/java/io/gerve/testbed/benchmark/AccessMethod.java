package io.gerve.testbed.benchmark;

import java.util.function.LongSupplier;

/**
 * One way to reach a file server.
 *
 * @param name as the results call it
 * @param address the repository's, for git
 * @param frontEndCpu milliseconds of processor time that the front end has used so far, 0 where there is none
 */
record AccessMethod(String name, String address, LongSupplier frontEndCpu) {}
