/** What an account, a team or everybody can reach in which repositories, found page by page. */
@NullMarked
package io.gerve.audit.access;

import org.jspecify.annotations.NullMarked;
