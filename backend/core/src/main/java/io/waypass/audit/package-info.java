/** The append-only, hash-chained trail of who did what. */
@NullMarked
package io.waypass.audit;

import org.jspecify.annotations.NullMarked;
