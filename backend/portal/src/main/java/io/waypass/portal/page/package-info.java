/** What pages share: views, forms, refusals and the frame. */
@NullMarked
package io.waypass.portal.page;

import org.jspecify.annotations.NullMarked;
