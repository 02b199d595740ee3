/** Tests of {@link io.waypass.applier.task}. */
@org.jspecify.annotations.NullMarked
package io.waypass.applier.task;
