/** Handing work to the applier of a cluster: the tasks that commit with a request or a decision. */
@NullMarked
package io.waypass.work;

import org.jspecify.annotations.NullMarked;
