/** Judging what a team uploads, and the versions of an identity's client credential. */
@NullMarked
package io.waypass.certificate;

import org.jspecify.annotations.NullMarked;
