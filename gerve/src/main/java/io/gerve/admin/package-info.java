/**
 * Administration of accounts, organizations, teams, repositories and rights. Each change is recorded together with its
 * author.
 */
@NullMarked
package io.gerve.admin;

import org.jspecify.annotations.NullMarked;
