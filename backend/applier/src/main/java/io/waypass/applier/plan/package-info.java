/** Working out what a request would do. */
@NullMarked
package io.waypass.applier.plan;

import org.jspecify.annotations.NullMarked;
