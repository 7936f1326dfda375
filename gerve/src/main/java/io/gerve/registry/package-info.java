/** The writes behind accounts, organizations, teams, repositories and rights, each with the record of who made it. */
@NullMarked
package io.gerve.registry;

import org.jspecify.annotations.NullMarked;
