/** An ssh-agent whose security keys are software, so that the stock client can be seen to log in with one. */
@NullMarked
package io.gerve.packaging.agent;

import org.jspecify.annotations.NullMarked;
