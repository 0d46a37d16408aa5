package api

import (
	"github.com/oapi-codegen/nullable"

	"naungan/internal/cover"
)

// set takes a member of a merge patch over, unless it is absent.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// setOrClear takes a member that may be null over: absent leaves the field alone,
// null empties it.
func setOrClear[T any](to *T, from nullable.Nullable[T]) {
	switch {
	case from.IsNull():
		var zero T
		*to = zero
	case from.IsSpecified():
		*to = from.MustGet()
	}
}

// orAbsent is a member that may be null and is not absent; nil for null.
func orAbsent[T any](from nullable.Nullable[T]) *T {
	if from.IsNull() {
		return nil
	}
	value := from.MustGet()
	return &value
}

// setOrClearCount is setOrClear for a count, which is an int here.
func setOrClearCount(to *int, from nullable.Nullable[int32]) {
	count := int32(*to) //nolint:gosec // the contract bounds counts
	setOrClear(&count, from)
	*to = int(count)
}

// setOrClearAmount is setOrClear for money that may be null, which the generated
// code writes as a plain number.
func setOrClearAmount(to *cover.Rupiah, from nullable.Nullable[int64]) {
	amount := int64(*to)
	setOrClear(&amount, from)
	*to = cover.Rupiah(amount)
}
