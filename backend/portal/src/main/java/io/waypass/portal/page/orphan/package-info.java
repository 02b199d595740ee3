/** Pages of orphans and their removal. */
@NullMarked
package io.waypass.portal.page.orphan;

import org.jspecify.annotations.NullMarked;
