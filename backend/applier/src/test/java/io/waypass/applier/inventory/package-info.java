/** Tests of {@link io.waypass.applier.inventory}. */
@org.jspecify.annotations.NullMarked
package io.waypass.applier.inventory;
