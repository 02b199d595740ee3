/**
 * What tests and the sandbox share: PostgreSQL, a certificate authority, a partner's server. No Kubernetes client here.
 */
@NullMarked
package io.waypass.testing;

import org.jspecify.annotations.NullMarked;
