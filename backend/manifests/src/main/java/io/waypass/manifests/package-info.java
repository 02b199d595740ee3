/**
 * From a desired identity to Kubernetes objects: rendering, digest, YAML and diff. Everything here is a pure function:
 * no client, no clock, no randomness, no disk, no network.
 */
@NullMarked
package io.waypass.manifests;

import org.jspecify.annotations.NullMarked;
