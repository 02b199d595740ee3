/** An app's identity towards a destination: its revisions, what is desired, and what was seen of it. */
@NullMarked
package io.waypass.identity;

import org.jspecify.annotations.NullMarked;
