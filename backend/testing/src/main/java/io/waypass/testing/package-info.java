/** What tests and the sandbox share: PostgreSQL and a certificate authority. No Kubernetes client here. */
@NullMarked
package io.waypass.testing;

import org.jspecify.annotations.NullMarked;
