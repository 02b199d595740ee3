/** Taking up tasks from the database. */
@NullMarked
package io.waypass.applier.work;

import org.jspecify.annotations.NullMarked;
