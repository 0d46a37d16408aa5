package cover

import "github.com/google/uuid"

// Action is something that may be done next to a thing with states.
type Action struct {
	Name      string // the verb
	Path      string // the last word of its path, where that is another
	Resulting string // the status it leads to
	BlockedBy []Code // what stands in the way; nothing, if it may be done now
}

// MayPerform lets the organisation that holds a role in an agreement perform an
// action. Others meet party_role_required.
func MayPerform(actor, holder uuid.UUID, role PartyRole) error {
	if actor == holder {
		return nil
	}
	return Refuse(Forbidden, PartyRoleRequired, Params{"role": role})
}

// runs lets the organiser and the branch of an agreement perform an action.
func (a Agreement) runs(actor uuid.UUID) error {
	if actor == a.OrganiserID || actor == a.BranchID {
		return nil
	}
	return Refuse(Forbidden, PartyRoleRequired, Params{"role": []PartyRole{Organiser, Branch}})
}

// action builds an Action from the refusals that stand in its way.
func action(name string, resulting string, blocks ...error) Action {
	a := Action{Name: name, Resulting: resulting, BlockedBy: []Code{}}
	for _, err := range blocks {
		if e, ok := err.(*Error); ok && e != nil { //nolint:errorlint // these refusals are made here and never wrapped
			a.BlockedBy = append(a.BlockedBy, e.Code)
		}
	}
	return a
}

// inStatus refuses what is done from another status than those allowed.
func inStatus[S ~string](code Code, status S, allowed ...S) error {
	for _, a := range allowed {
		if status == a {
			return nil
		}
	}
	return Refuse(Conflict, code, Params{"status": status, "allowed": allowed})
}
