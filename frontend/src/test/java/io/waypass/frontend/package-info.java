/** Renders every page with sample data. */
@NullMarked
package io.waypass.frontend;

import org.jspecify.annotations.NullMarked;
