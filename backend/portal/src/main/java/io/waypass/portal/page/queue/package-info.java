/** What waits for a decision, as a page. */
@NullMarked
package io.waypass.portal.page.queue;

import org.jspecify.annotations.NullMarked;
