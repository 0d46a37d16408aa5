package localpg

import "errors"

// ErrInUse says that another process, or another Start in this one, holds the
// folder.
var ErrInUse = errors.New("in use by another process")
