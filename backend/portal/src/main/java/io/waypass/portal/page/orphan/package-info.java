/** Pages of orphans and of removing them. */
@NullMarked
package io.waypass.portal.page.orphan;

import org.jspecify.annotations.NullMarked;
