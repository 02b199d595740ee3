/** People, their teams and roles, and the API tokens that speak for them. */
@NullMarked
package io.waypass.access;

import org.jspecify.annotations.NullMarked;
