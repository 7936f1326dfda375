/** Requests and answers, whatever is asked: who may be heard, how often, and what is written down of it. */
@NullMarked
package io.gerve.keyservice.http;

import org.jspecify.annotations.NullMarked;
