@NullMarked
package io.waypass.mesh;

import org.jspecify.annotations.NullMarked;
