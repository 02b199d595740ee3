/** What stands in the way of removing an app, a destination or a team. */
@NullMarked
package io.waypass.removal;

import org.jspecify.annotations.NullMarked;
