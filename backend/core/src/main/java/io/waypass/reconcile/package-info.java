/** What an applier has to keep in its cluster, and the tasks by which it is told. */
@NullMarked
package io.waypass.reconcile;

import org.jspecify.annotations.NullMarked;
