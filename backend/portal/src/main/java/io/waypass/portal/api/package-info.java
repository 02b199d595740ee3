/** The REST API, version 1. */
@NullMarked
package io.waypass.portal.api;

import org.jspecify.annotations.NullMarked;
