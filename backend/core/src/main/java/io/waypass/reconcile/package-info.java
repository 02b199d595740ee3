/** What an applier plans and keeps in its cluster: the jobs that it reads, and what it says about them. */
@NullMarked
package io.waypass.reconcile;

import org.jspecify.annotations.NullMarked;
