/** Pages of apps. */
@NullMarked
package io.waypass.portal.page.app;

import org.jspecify.annotations.NullMarked;
