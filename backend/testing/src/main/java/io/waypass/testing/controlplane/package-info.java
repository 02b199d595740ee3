/** A real Kubernetes API server and its etcd on this machine. */
@NullMarked
package io.waypass.testing.controlplane;

import org.jspecify.annotations.NullMarked;
