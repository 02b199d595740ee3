/** The applier on a real API server and a real database. */
@NullMarked
package io.waypass.applier;

import org.jspecify.annotations.NullMarked;
