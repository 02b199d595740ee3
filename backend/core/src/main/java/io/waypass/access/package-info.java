/** People, their teams and roles, and the API tokens that act for them. */
@NullMarked
package io.waypass.access;

import org.jspecify.annotations.NullMarked;
