package cover

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Kind sorts errors by what the caller can do about them.
type Kind uint8

// The kinds of error.
const (
	Internal    Kind = iota // nothing; the zero Kind must be the safe one
	Malformed               // mend the request: it breaks the contract
	Invalid                 // mend the request: it breaks a rule of the business
	NotFound                // ask for something else
	Conflict                // look again, then decide
	Stale                   // read again: somebody changed it since
	Forbidden               // ask somebody else
	Unavailable             // try again later
)

// Code is the stable name of a refusal, a fault or a warning. Its words, in
// Indonesian and English, stand in the catalogue of problems.
type Code string

// Params are the values that the words of a code need. They never hold personal
// data.
type Params map[string]any

// UnmarshalJSON reads whole numbers as such, and not as floating point: they are
// counts, amounts and places.
func (p *Params) UnmarshalJSON(b []byte) error {
	var plain map[string]any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&plain); err != nil {
		return err
	}
	for name, value := range plain {
		number, ok := value.(json.Number)
		if !ok {
			continue
		}
		if whole, err := number.Int64(); err == nil {
			plain[name] = whole
		} else {
			plain[name] = number.String()
		}
	}
	*p = plain
	return nil
}

// Error is an error meant to be read by the caller of the API.
type Error struct {
	Kind   Kind
	Code   Code
	Params Params
	Faults Faults
	Err    error // cause; logged, never shown
}

func (e *Error) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", e.Code, e.Err)
	}
	return string(e.Code)
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of an error; Internal for one that is not ours.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Refuse makes an error of a kind.
func Refuse(kind Kind, code Code, params Params) *Error {
	return &Error{Kind: kind, Code: code, Params: params}
}

// RefuseAt makes a conflict that lies in one place of the body.
func RefuseAt(pointer string, code Code, params Params) *Error {
	e := Refuse(Conflict, code, params)
	e.Faults.Add(pointer, code, params)
	return e
}

// Unseen makes a fault of what a body names and the caller does not see; any other
// error stays what it is.
func Unseen(err error, pointer string, code Code) error {
	if KindOf(err) != NotFound {
		return err
	}
	var f Faults
	f.Add(pointer, code, nil)
	return f.Err()
}

// Fault names one place of a request and what is wrong, or doubtful, with it.
type Fault struct {
	Pointer string `json:"pointer,omitempty"` // JSON pointer into the body; the name of a parameter elsewhere
	In      string `json:"in,omitempty"`      // body, query, header or path; empty means body
	Code    Code   `json:"code"`
	Params  Params `json:"params,omitempty"`
}

// Faults collects faults so that a caller sees all of them at once.
type Faults []Fault

// Add records a fault of the body.
func (f *Faults) Add(pointer string, code Code, params Params) {
	*f = append(*f, Fault{Pointer: pointer, Code: code, Params: params})
}

// Check records a fault of the body unless ok. Where a million rows are checked, Add
// below an if makes the params of those alone that have the fault.
func (f *Faults) Check(ok bool, pointer string, code Code, params Params) {
	if !ok {
		f.Add(pointer, code, params)
	}
}

// Under moves faults to a member of the body.
func (f Faults) Under(pointer string) Faults {
	for i := range f {
		f[i].Pointer = pointer + f[i].Pointer
	}
	return f
}

// Err returns the faults as one error, nil if there are none.
func (f Faults) Err() error {
	if len(f) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Code: RuleBroken, Faults: f}
}
