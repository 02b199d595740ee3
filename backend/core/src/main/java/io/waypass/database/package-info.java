/** The little that repositories share: named constraints, pages of a list, instants. */
@NullMarked
package io.waypass.database;

import org.jspecify.annotations.NullMarked;
