/** The settings page, on which users manage their SSH keys in a browser. */
@NullMarked
package io.gerve.keyservice.web;

import org.jspecify.annotations.NullMarked;
