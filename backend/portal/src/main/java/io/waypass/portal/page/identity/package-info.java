/** Pages of identities. */
@NullMarked
package io.waypass.portal.page.identity;

import org.jspecify.annotations.NullMarked;
