/** Evaluates the policies for each plan as soon as it exists. */
@NullMarked
package io.waypass.portal.policy;

import org.jspecify.annotations.NullMarked;
