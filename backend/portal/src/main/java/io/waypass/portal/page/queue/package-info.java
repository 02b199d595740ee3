/** The page of the queue. */
@NullMarked
package io.waypass.portal.page.queue;

import org.jspecify.annotations.NullMarked;
