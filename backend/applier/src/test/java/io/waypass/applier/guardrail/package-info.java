@NullMarked
package io.waypass.applier.guardrail;

import org.jspecify.annotations.NullMarked;
