@NullMarked
package io.gerve.packaging.fileserver;

import org.jspecify.annotations.NullMarked;
