/** Teams and the namespaces that they own. */
@NullMarked
package io.waypass.team;

import org.jspecify.annotations.NullMarked;
