/** Proposed changes: what they hold, their transitions, and how they are submitted and withdrawn. */
@NullMarked
package io.waypass.request;

import org.jspecify.annotations.NullMarked;
