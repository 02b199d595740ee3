/** The tasks by which an applier is told what to work on. */
@NullMarked
package io.waypass.task;

import org.jspecify.annotations.NullMarked;
