/** What a client asks for, in git's terms: the service, the repository, where it lies on disk. */
@NullMarked
package io.gerve.git;

import org.jspecify.annotations.NullMarked;
