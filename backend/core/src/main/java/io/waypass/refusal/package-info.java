/** How a use case says no: one shape for every surface. */
@NullMarked
package io.waypass.refusal;

import org.jspecify.annotations.NullMarked;
