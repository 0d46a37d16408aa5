package api

import "github.com/oapi-codegen/nullable"

// set takes a member of a merge patch over, unless it is absent.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// setOrClear takes a member that may be null over: absent leaves the field alone,
// null empties it.
func setOrClear[T, F any](to *T, from nullable.Nullable[F]) {
	switch {
	case from.IsNull():
		var zero T
		*to = zero
	case from.IsSpecified():
		*to = any(from.MustGet()).(T)
	}
}
