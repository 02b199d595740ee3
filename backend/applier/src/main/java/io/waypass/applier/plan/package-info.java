/** Plans requests: renders, compares, dry-runs and checks them. */
@NullMarked
package io.waypass.applier.plan;

import org.jspecify.annotations.NullMarked;
