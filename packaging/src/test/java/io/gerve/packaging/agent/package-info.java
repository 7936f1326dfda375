/** SSH agent with software security keys, with which the tests log in through the stock client. */
@NullMarked
package io.gerve.packaging.agent;

import org.jspecify.annotations.NullMarked;
