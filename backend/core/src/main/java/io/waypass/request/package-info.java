/** Requests: their content, status machine, submission and withdrawal. */
@NullMarked
package io.waypass.request;

import org.jspecify.annotations.NullMarked;
