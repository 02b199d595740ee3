/** What is kept of the API server's words and objects. */
@NullMarked
package io.waypass.applier.cluster;

import org.jspecify.annotations.NullMarked;
