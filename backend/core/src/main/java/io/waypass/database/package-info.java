/** What repositories share: named constraints, pages of a list, instants, notifications. */
@NullMarked
package io.waypass.database;

import org.jspecify.annotations.NullMarked;
