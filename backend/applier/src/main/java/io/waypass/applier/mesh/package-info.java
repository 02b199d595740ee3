/**
 * What facts about the mesh mean for a destination, its gateway and an identity: whether calls can get through. Plans
 * check it before an approval, conditions say it afterwards. Everything comes from the inventory; nothing is read from
 * the API server here.
 */
@NullMarked
package io.waypass.applier.mesh;

import org.jspecify.annotations.NullMarked;
