/**
 * Audit of who can access which repositories: accounts, teams, deploy keys and the public. The audit reads its
 * candidates from the database one page at a time.
 */
@NullMarked
package io.gerve.audit.access;

import org.jspecify.annotations.NullMarked;
