/** The applier: plans, applies and observes the identities of one cluster. It has no way to decide. */
@NullMarked
package io.waypass.applier;

import org.jspecify.annotations.NullMarked;
