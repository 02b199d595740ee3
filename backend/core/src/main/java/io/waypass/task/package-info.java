/** Tasks that tell appliers what to plan and reconcile. */
@NullMarked
package io.waypass.task;

import org.jspecify.annotations.NullMarked;
