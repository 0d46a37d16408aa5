// Package wire holds what crosses the wire: the types and stubs generated from
// api/openapi.yaml. Nothing in it is written by hand but this file.
package wire

// The second command makes the stubs hand each handler the context of its
// request. oapi-codegen hands on *gin.Context, which gin takes back and gives to
// another request while database/sql may still be waiting on it. The third adds
// Answer, an answer already rendered, which fits every operation.

//go:generate go tool -modfile=../../../tools/go.mod oapi-codegen -config codegen.yaml ../../../api/openapi.yaml
//go:generate gofmt -r "sh.ssi.f(ctx, a) -> sh.ssi.f(ctx.Request.Context(), a)" -w wire.gen.go
//go:generate go run ../../tools/answers -contract ../../../api/openapi.yaml -o answer.gen.go
