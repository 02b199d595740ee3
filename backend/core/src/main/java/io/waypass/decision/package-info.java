/** Decisions of people and policies on one plan digest. */
@NullMarked
package io.waypass.decision;

import org.jspecify.annotations.NullMarked;
