@NullMarked
package io.gerve.doctor;

import org.jspecify.annotations.NullMarked;
