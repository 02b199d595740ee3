/** How every test of Waypass runs: registered once for all modules, by JUnit's own discovery. */
@NullMarked
package io.waypass.testing.junit;

import org.jspecify.annotations.NullMarked;
