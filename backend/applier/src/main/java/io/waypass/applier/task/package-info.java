/** Takes up tasks from the database. */
@NullMarked
package io.waypass.applier.task;

import org.jspecify.annotations.NullMarked;
