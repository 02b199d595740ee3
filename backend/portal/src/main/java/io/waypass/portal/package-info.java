/** The portal: pages and REST API over the same use cases. It cannot reach a cluster, and cannot open a sealed key. */
@NullMarked
package io.waypass.portal;

import org.jspecify.annotations.NullMarked;
