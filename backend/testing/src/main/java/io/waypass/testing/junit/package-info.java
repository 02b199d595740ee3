/** JUnit extensions for every test of Waypass: registered once for all modules, by JUnit's own discovery. */
@NullMarked
package io.waypass.testing.junit;

import org.jspecify.annotations.NullMarked;
