/** The one-command demo: everything that Waypass needs, on one machine, prepared up to the first request. */
@NullMarked
package io.waypass.sandbox;

import org.jspecify.annotations.NullMarked;
