/** Facts about how work is taken up. */
@NullMarked
package io.waypass.applier.work;

import org.jspecify.annotations.NullMarked;
