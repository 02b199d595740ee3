/**
 * Programs that run beside the build, some of them in Maven's own JVM: no dependencies, and nothing newer than Java 17.
 */
@NullMarked
package io.waypass.bootstrap;

import org.jspecify.annotations.NullMarked;
