/** The workloads that teams register. */
@NullMarked
package io.waypass.app;

import org.jspecify.annotations.NullMarked;
