package api

import (
	"reflect"
	"testing"
	"time"

	"github.com/oapi-codegen/runtime"

	"naungan/internal/api/wire"
)

// The generated code leaves a parameter of a struct type empty, without an error,
// unless the type says how it is bound. A filter that is silently dropped shows
// people rows they did not ask for.
func TestEveryParameterOfAQueryIsBound(t *testing.T) {
	t.Parallel()
	binder, stubs, seen := reflect.TypeFor[runtime.Binder](), reflect.TypeFor[wire.ServerInterface](), 0
	for i := range stubs.NumMethod() {
		stub := stubs.Method(i)
		for n := range stub.Type.NumIn() {
			params := stub.Type.In(n)
			if params.Kind() != reflect.Struct {
				continue
			}
			for f := range params.NumField() {
				field := params.Field(f)
				if field.Tag.Get("form") == "" || field.Type.Kind() != reflect.Pointer || field.Type.Elem().Kind() != reflect.Struct {
					continue
				}
				known := field.Type == reflect.TypeFor[*time.Time]() // by the generated code itself
				if seen++; !known && !field.Type.Implements(binder) {
					t.Errorf("%s: %s of type %s has no Bind", stub.Name, field.Name, field.Type)
				}
			}
		}
	}
	if seen == 0 {
		t.Error("there is no such parameter any more; does this test still look in the right place?")
	}
}
