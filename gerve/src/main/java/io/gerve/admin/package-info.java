/** The writes behind accounts, organizations, teams, repositories and rights, each with the record of who made it. */
@NullMarked
package io.gerve.admin;

import org.jspecify.annotations.NullMarked;
