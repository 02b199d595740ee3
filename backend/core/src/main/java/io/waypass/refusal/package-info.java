/** How a use case refuses: one shape for every surface. */
@NullMarked
package io.waypass.refusal;

import org.jspecify.annotations.NullMarked;
