/** What tests on a real mesh are made of. */
@NullMarked
package io.waypass.testing.mesh;

import org.jspecify.annotations.NullMarked;
