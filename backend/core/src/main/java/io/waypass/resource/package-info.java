/** Resources, which change only under approval: their revisions, conditions, observed objects and events. */
@NullMarked
package io.waypass.resource;

import org.jspecify.annotations.NullMarked;
