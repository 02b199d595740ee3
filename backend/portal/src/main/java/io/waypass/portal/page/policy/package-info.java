/** Pages on which platform admins edit, try and activate policies. */
@NullMarked
package io.waypass.portal.page.policy;

import org.jspecify.annotations.NullMarked;
