/** Doing what was approved. */
@NullMarked
package io.waypass.applier.apply;

import org.jspecify.annotations.NullMarked;
