package cover

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// HeirRelation says what somebody was to an officer who died.
type HeirRelation string

// The relations, in the order of the law (PP 44/2015, arts 37 and 40).
const (
	HeirSpouse      HeirRelation = "spouse"
	HeirChild       HeirRelation = "child"
	HeirParent      HeirRelation = "parent"
	HeirGrandchild  HeirRelation = "grandchild"
	HeirGrandparent HeirRelation = "grandparent"
	HeirSibling     HeirRelation = "sibling"
	HeirParentInLaw HeirRelation = "parent_in_law"
	HeirByTestament HeirRelation = "testament"
	HeirArranger    HeirRelation = "funeral_arranger" // of whoever had nobody
)

// HeirRelations lists every relation, by rank.
var HeirRelations = []HeirRelation{
	HeirSpouse, HeirChild, HeirParent, HeirGrandchild, HeirGrandparent, HeirSibling, HeirParentInLaw, HeirByTestament, HeirArranger,
}

// Rank is the place of a relation in the order of the law, from 1. A lower rank is
// paid only if every higher one is empty (PP 44/2015, arts 37 and 40).
func (r HeirRelation) Rank() int {
	switch r {
	case HeirSpouse, HeirChild:
		return 1
	case HeirParent, HeirGrandchild, HeirGrandparent:
		return 2
	case HeirSibling:
		return 3
	case HeirParentInLaw:
		return 4
	case HeirByTestament:
		return 5
	default:
		return RankOfArranger
	}
}

// RankOfArranger is paid the cost of the funeral alone; the rest stays in the fund.
const RankOfArranger = 6

// ofAge is when somebody receives for themselves, in years. UU 35/2014 says
// eighteen; which law counts for heirs was not found.
const ofAge = 18

// Guardian receives for a child that is not of age.
type Guardian struct {
	FullName string `json:"full_name"`
	NIK      NIK    `json:"nik"`
	Phone    string `json:"phone"`
}

// BankAccount is where somebody is paid.
type BankAccount struct {
	Number string `json:"number,omitempty"`
	Name   string `json:"name,omitempty"`
	Bank   string `json:"bank,omitempty"`
}

func (b BankAccount) complete() bool { return b.Number != "" && b.Name != "" && b.Bank != "" }

// Kin is what of an heir is kept encrypted.
type Kin struct {
	FullName string      `json:"full_name"`
	NIK      NIK         `json:"nik,omitempty"`
	BornOn   Date        `json:"born_on"`
	Phone    string      `json:"phone,omitempty"`
	Account  BankAccount `json:"account,omitzero"`
	Guardian *Guardian   `json:"guardian,omitempty"`
}

// IsOther reports whether what is known now speaks of somebody else. A newborn is given a NIK
// later.
func (k Kin) IsOther(before Kin) bool {
	return k.NIK != before.NIK && before.NIK != "" || k.FullName != before.FullName || k.BornOn != before.BornOn
}

// Outdates lists the kinds of papers of an heir that prove nothing any more, by what was
// known before: those of where they are paid, and by whose hand.
func (k Kin) Outdates(before Kin) (kinds []DocumentKind) {
	if k.Account != before.Account {
		kinds = append(kinds, BankAccountProof)
	}
	if k.guardedBy() != before.guardedBy() {
		kinds = append(kinds, GuardianshipLetter)
	}
	return kinds
}

// guardedBy is the guardian, wherever they are reached; none is nobody.
func (k Kin) guardedBy() Guardian {
	if k.Guardian == nil {
		return Guardian{}
	}
	return Guardian{FullName: k.Guardian.FullName, NIK: k.Guardian.NIK}
}

// Heir is somebody who may receive what is paid for an officer who died.
type Heir struct {
	ID         uuid.UUID
	IncidentID uuid.UUID
	Relation   HeirRelation
	Kin        Kin `gorm:"-"`
	StruckAt   *time.Time
	Version    int64
	CreatedAt  time.Time
	UpdatedAt  time.Time
}

// Minor reports whether the heir is not of age on a day.
func (h Heir) Minor(today Date) bool { return h.Kin.BornOn.YearsOn(today) < ofAge }

// HasAccount reports whether it is known where to pay.
func (h Heir) HasAccount() bool { return h.Kin.Account.complete() }

// Check tidies an heir of an incident, or says all that is wrong. Refuses an heir of
// somebody who lives (officer_lives).
func (h *Heir) Check(i Incident, today Date) error {
	if i.Outcome != Died && i.Outcome != Disabled {
		return Refuse(Conflict, OfficerLives, nil)
	}
	var f Faults
	// Of who is disabled for good the children alone matter, for their scholarships.
	f.Check(i.Outcome == Died || h.Relation == HeirChild, "/relation", OfficerLives, nil)
	k := &h.Kin
	k.FullName, k.Phone = singleSpaced(k.FullName), strings.TrimSpace(k.Phone)
	f.Check(k.FullName != "", "/full_name", Blank, nil)
	if k.NIK != "" {
		checkNIK(&k.NIK, "/nik", &f)
	}
	f.Check(!k.BornOn.After(today), "/born_on", InTheFuture, nil)
	if g := k.Guardian; g != nil {
		g.FullName, g.Phone = singleSpaced(g.FullName), strings.TrimSpace(g.Phone)
		f.Check(g.FullName != "", "/guardian/full_name", Blank, nil)
		f.Check(g.Phone != "", "/guardian/phone", Blank, nil)
		checkNIK(&g.NIK, "/guardian/nik", &f)
		f.Check(h.Minor(today), "/guardian", GuardianNotExpected, nil)
	}
	return f.Err()
}

// CheckAnother refuses a person who is named already, and too many heirs.
func CheckAnother(h Heir, others []Heir) error {
	n := 0
	for _, o := range others {
		if o.ID == h.ID || o.StruckAt != nil {
			continue
		}
		n++
		switch {
		case h.Kin.NIK != "" && o.Kin.NIK == h.Kin.NIK:
			return RefuseAt("/nik", HeirTaken, Params{"heir_id": o.ID})
		case (h.Kin.NIK == "" || o.Kin.NIK == "") && h.Kin.BornOn == o.Kin.BornOn && strings.EqualFold(h.Kin.FullName, o.Kin.FullName):
			return RefuseAt("/full_name", HeirTaken, Params{"heir_id": o.ID})
		}
	}
	if n >= MostHeirs {
		return Refuse(Conflict, TooManyHeirs, Params{"limit": MostHeirs})
	}
	return nil
}

func checkNIK(n *NIK, pointer string, f *Faults) {
	*n = NIK(strings.TrimSpace(string(*n)))
	if flaw := n.Flaw(); flaw != "" {
		f.Add(pointer, NIKInvalid, Params{"reason": flaw})
	}
}

// MayNameHeirs lets the officer's body name heirs, and not whoever pays them.
// Refuses anybody else (party_role_required) and what CheckReported refuses.
func (i Incident) MayNameHeirs(actor uuid.UUID) error {
	if err := i.ofBody(actor); err != nil {
		return err
	}
	return i.CheckReported()
}

// MostHeirs is how many heirs an incident may have: more than any family.
const MostHeirs = 50

// ranked are heirs by rank, then as they were named.
func ranked(heirs []Heir) []Heir {
	live := slices.DeleteFunc(slices.Clone(heirs), func(h Heir) bool { return h.StruckAt != nil })
	slices.SortStableFunc(live, func(a, b Heir) int { return a.Relation.Rank() - b.Relation.Rank() })
	return live
}

// CheckPayee says why an heir may not receive: one that is not of this incident
// (heir_unknown), one before whom others rank (heir_outranked), one who is not of age and
// has no guardian (guardian_missing), or of whom it is not known where to pay
// (account_missing).
func CheckPayee(payee uuid.UUID, heirs []Heir, today Date, f *Faults) {
	live := ranked(heirs)
	at := slices.IndexFunc(live, func(h Heir) bool { return h.ID == payee })
	if at < 0 {
		f.Add("/payee_id", HeirUnknown, nil)
		return
	}
	if first, rank := live[0].Relation.Rank(), live[at].Relation.Rank(); first < rank {
		f.Add("/payee_id", HeirOutranked, Params{"rank": rank, "before": first})
	}
	checkReceiver(payee, heirs, today, "/payee_id", f)
}

// checkReceiver wants a guardian of who is not of age, and an account.
func checkReceiver(id uuid.UUID, heirs []Heir, today Date, pointer string, f *Faults) {
	at := slices.IndexFunc(heirs, func(h Heir) bool { return h.ID == id && h.StruckAt == nil })
	if at < 0 {
		f.Add(pointer, HeirUnknown, nil)
		return
	}
	h := heirs[at]
	f.Check(!h.Minor(today) || h.Kin.Guardian != nil, pointer, GuardianMissing, nil)
	f.Check(h.HasAccount(), pointer, AccountMissing, nil)
}
