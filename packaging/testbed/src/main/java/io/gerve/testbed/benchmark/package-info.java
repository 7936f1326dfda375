/**
 * Benchmarks, among them the cost of a session through the gate compared with other access methods in one run on one
 * machine.
 */
@NullMarked
package io.gerve.testbed.benchmark;

import org.jspecify.annotations.NullMarked;
