/** What changes only under approval: conditions, observed objects and events of every kind of resource. */
@NullMarked
package io.waypass.resource;

import org.jspecify.annotations.NullMarked;
