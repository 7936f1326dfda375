/** The access of accounts, teams, deploy keys and the public to repositories, found page by page. */
@NullMarked
package io.gerve.audit.access;

import org.jspecify.annotations.NullMarked;
