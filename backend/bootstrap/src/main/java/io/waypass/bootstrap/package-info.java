/**
 * What runs beside the build, some of it in Maven's own JVM: no dependencies, and nothing newer than Java 17.
 */
@NullMarked
package io.waypass.bootstrap;

import org.jspecify.annotations.NullMarked;
