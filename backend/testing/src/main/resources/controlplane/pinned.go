//go:build pinned

// Package pinned names what is taken from modules as files, so that "go mod tidy" keeps it.
package pinned

import (
	_ "istio.io/api/networking/v1"
	_ "sigs.k8s.io/gateway-api/apis/v1"
)
