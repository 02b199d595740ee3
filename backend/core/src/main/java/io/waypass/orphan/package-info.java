/** Objects that carry Waypass's label and belong to nothing it keeps, objects that are gone, and removing the first on approval. */
@NullMarked
package io.waypass.orphan;

import org.jspecify.annotations.NullMarked;
