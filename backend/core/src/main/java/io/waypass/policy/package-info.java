/** Rules in CEL that platform admins write: what they see, how they are checked, kept and evaluated. */
@NullMarked
package io.waypass.policy;

import org.jspecify.annotations.NullMarked;
