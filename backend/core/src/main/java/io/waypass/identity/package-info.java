/** App by destination: what is kept in the cluster, and what was seen there. */
@NullMarked
package io.waypass.identity;

import org.jspecify.annotations.NullMarked;
