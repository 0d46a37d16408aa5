package tariff

import (
	"slices"

	"naungan/internal/cover"
)

// Case is a circumstance in which a document is asked for.
type Case string

// Always is the case of every claim.
const Always Case = "always"

// Cases lists every case.
var Cases = []Case{
	Always, "death", "injury", "disability", "traffic", "heir", "minor_heir", "scholarship", "occupational_disease", "violence",
	"reimbursement", "care_cost", "transport_cost",
}

// OfHeir reports whether the papers of a case are an heir's own.
func (c Case) OfHeir() bool { return c == "heir" || c == "minor_heir" }

// RequirementList is one version of the documents that claims need.
type RequirementList struct {
	Name     string `yaml:"name" json:"name"`
	Revision int    `yaml:"-" json:"-"`
	Validity `yaml:",inline"`

	Entries []Requirement `yaml:"entries" json:"entries"`
}

// Version names this revision of the list.
func (l RequirementList) Version() string { return Version(l.Name, l.Revision) }

// Requirement is a document that claims of some streams need in a case. One that is
// not mandatory is taken into account if it is there.
type Requirement struct {
	Document  cover.DocumentKind `yaml:"document" json:"document"`
	Streams   []cover.Stream     `yaml:"streams" json:"streams"`
	When      Case               `yaml:"when" json:"when"`
	Mandatory bool               `yaml:"mandatory" json:"mandatory"`
	Basis     `yaml:",inline"`
}

// Requirements lists the documents that a claim needs by the list of a day, with its law
// and certainty: those of every claim of the stream, and those of its cases. Each is
// listed once, and once more where the heir has to show their own. One that is mandatory in any of them is mandatory. There are none on a day
// without a list.
func (t *Tariff) Requirements(stream cover.Stream, day cover.Date, cases []Case) (needed []Requirement) {
	list, _ := t.RequirementsOn(day)
	for _, r := range list.Entries {
		if !slices.Contains(r.Streams, stream) || r.When != Always && !slices.Contains(cases, r.When) {
			continue
		}
		r.Basis = r.or(list.basis())
		same := slices.IndexFunc(needed, func(n Requirement) bool { return n.Document == r.Document && n.When.OfHeir() == r.When.OfHeir() })
		switch {
		case same < 0:
			needed = append(needed, r)
		case r.Mandatory && !needed[same].Mandatory:
			needed[same] = r
		}
	}
	return needed
}

// RequirementsOn finds the list of a day.
func (t *Tariff) RequirementsOn(day cover.Date) (RequirementList, bool) {
	return first(t.RequirementLists, func(l RequirementList) bool { return l.Holds(day) })
}

// RequirementList finds a revision of a list by its name; 0 is the one that stands.
func (t *Tariff) RequirementList(name string, revision int) (RequirementList, bool) {
	if revision == 0 {
		return first(t.RequirementLists, func(l RequirementList) bool { return l.Name == name })
	}
	return first(t.pastRequirementLists, func(l RequirementList) bool { return l.Name == name && l.Revision == revision })
}

// RequirementDays lists the days of the lists that stand, in their order.
func (t *Tariff) RequirementDays() (days []Validity) {
	for _, l := range t.RequirementLists {
		days = append(days, l.Validity)
	}
	return days
}
