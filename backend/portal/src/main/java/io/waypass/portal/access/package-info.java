/** Authentication: login by OpenID Connect, API tokens, JWTs; and headers of every answer. */
@NullMarked
package io.waypass.portal.access;

import org.jspecify.annotations.NullMarked;
