/** The page of the catalogue. */
@NullMarked
package io.waypass.portal.page.destination;

import org.jspecify.annotations.NullMarked;
