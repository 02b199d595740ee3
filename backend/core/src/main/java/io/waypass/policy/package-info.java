/** Rules in CEL that platform admins write: their input, checks, versions and evaluation. */
@NullMarked
package io.waypass.policy;

import org.jspecify.annotations.NullMarked;
