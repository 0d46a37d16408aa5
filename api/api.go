// Package api carries the published contract inside the binary.
package api

import _ "embed"

//go:generate go run ../internal/tools/bundle -parts parts -o openapi.yaml

// Contract is api/openapi.yaml, byte for byte as published.
//
//go:embed openapi.yaml
var Contract []byte
