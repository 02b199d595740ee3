/** Who is calling: login by OpenID Connect, API tokens, JWTs; and what every answer carries. */
@NullMarked
package io.waypass.portal.access;

import org.jspecify.annotations.NullMarked;
