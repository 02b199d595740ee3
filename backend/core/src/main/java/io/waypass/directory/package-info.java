/** Clusters, teams and the namespaces that teams own. */
@NullMarked
package io.waypass.directory;

import org.jspecify.annotations.NullMarked;
