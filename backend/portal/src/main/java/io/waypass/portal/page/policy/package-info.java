/** Pages on which platform admins write, try and switch policies. */
@NullMarked
package io.waypass.portal.page.policy;

import org.jspecify.annotations.NullMarked;
