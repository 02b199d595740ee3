/** What all pages share. */
@NullMarked
package io.waypass.portal.page;

import org.jspecify.annotations.NullMarked;
