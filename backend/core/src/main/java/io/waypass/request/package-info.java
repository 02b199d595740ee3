/** Proposed changes, their plans and decisions, and who may move them on. */
@NullMarked
package io.waypass.request;

import org.jspecify.annotations.NullMarked;
