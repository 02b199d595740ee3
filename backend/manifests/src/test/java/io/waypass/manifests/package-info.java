@NullMarked
package io.waypass.manifests;

import org.jspecify.annotations.NullMarked;
