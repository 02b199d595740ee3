/** The catalogue as a page. */
@NullMarked
package io.waypass.portal.page.destination;

import org.jspecify.annotations.NullMarked;
