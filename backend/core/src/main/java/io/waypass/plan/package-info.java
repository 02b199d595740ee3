/** What a request would change in the cluster: objects, checks, and the facts that they rely on. */
@NullMarked
package io.waypass.plan;

import org.jspecify.annotations.NullMarked;
