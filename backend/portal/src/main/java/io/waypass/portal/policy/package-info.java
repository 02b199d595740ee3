/** Lets the policies look at each plan as soon as it is there. */
@NullMarked
package io.waypass.portal.policy;

import org.jspecify.annotations.NullMarked;
