/** The start page. */
@NullMarked
package io.waypass.portal.page.home;

import org.jspecify.annotations.NullMarked;
