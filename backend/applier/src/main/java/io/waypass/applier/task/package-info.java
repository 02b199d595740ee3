/** Picks tasks from the database and runs them. */
@NullMarked
package io.waypass.applier.task;

import org.jspecify.annotations.NullMarked;
