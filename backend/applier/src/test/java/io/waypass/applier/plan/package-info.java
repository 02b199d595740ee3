@NullMarked
package io.waypass.applier.plan;

import org.jspecify.annotations.NullMarked;
