package io.gerve.testbed.benchmark;

import java.util.function.LongSupplier;

/**
 * Access method to a file server that the benchmark compares.
 *
 * @param name the name in the results
 * @param address the address of the repository for git
 * @param frontendCpu the processor time that the frontend has used so far in milliseconds, 0 if there is no frontend
 */
record AccessMethod(String name, String address, LongSupplier frontendCpu) {}
