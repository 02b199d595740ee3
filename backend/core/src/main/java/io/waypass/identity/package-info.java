/** An app's identity at a destination: its revisions, their specs, and their state in the cluster. */
@NullMarked
package io.waypass.identity;

import org.jspecify.annotations.NullMarked;
