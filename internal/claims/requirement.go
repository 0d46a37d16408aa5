package claims

import (
	"slices"

	"github.com/google/uuid"

	"naungan/internal/cover"
	"naungan/internal/store"
	"naungan/internal/tariff"
)

// Requirements lists the papers that a claim needs, by the list of the day of its event,
// and how each stands: what was accepted counts before what was attached, and that
// before what was rejected. Where a lower rank of heirs is to receive, each rank above
// has to be shown to be empty.
func Requirements(r *store.Reader, rates *tariff.Tariff, c cover.Claim, i cover.Incident, heirs []cover.Heir) ([]cover.Requirement, error) {
	papers, err := r.DocumentsOf(i.ID)
	if err != nil {
		return nil, err
	}
	day, err := dayOf(r, i)
	if err != nil {
		return nil, err
	}
	payee, known := payeeOf(c, heirs)
	var needed []cover.Requirement
	for _, rule := range asked(rates, c, i, day, casesOf(c, i, payee, known, r.Today())) {
		if c.Programme == cover.Scholarship {
			needed = append(needed, ofPupils(rule, c)...)
		} else {
			needed = append(needed, ofPayee(rule, payee, known)...)
		}
	}
	papers = asDecided(c, papers)
	for n := range needed {
		needed[n].Meet(papers)
	}
	return needed, nil
}

// asDecided are the papers as a decision met them: what was changed after a claim was paid
// takes nothing from what it rested on.
func asDecided(c cover.Claim, papers []cover.Document) []cover.Document {
	for n := range papers {
		if at := papers[n].OutdatedAt; at != nil && c.DecidedAt != nil && at.After(*c.DecidedAt) {
			papers[n].OutdatedAt = nil
		}
	}
	return papers
}

func payeeOf(c cover.Claim, heirs []cover.Heir) (cover.Heir, bool) {
	at := slices.IndexFunc(heirs, func(h cover.Heir) bool { return c.PayeeID.Valid && h.ID == c.PayeeID.UUID })
	if at < 0 {
		return cover.Heir{}, false
	}
	return heirs[at], true
}

// casesOf says in which cases of the list of documents a claim is.
func casesOf(c cover.Claim, i cover.Incident, payee cover.Heir, named bool, today cover.Date) (cases []tariff.Case) {
	for _, one := range []struct {
		is bool
		of tariff.Case
	}{
		{i.Outcome == cover.Died, "death"},
		{i.Outcome != cover.Died, "injury"},
		{lost(c, cover.BenefitDisability), "disability"},
		{i.Traffic, "traffic"},
		{i.Kind == cover.OccupationalDisease, "occupational_disease"},
		{i.Kind == cover.Violence, "violence"},
		{c.Reimbursement, "reimbursement"},
		{lost(c, cover.BenefitMedicalCare, cover.BenefitHomeCare, cover.BenefitProsthesis, cover.BenefitDenture, cover.BenefitHearingAid, cover.BenefitSpectacles), "care_cost"},
		{lost(c, cover.BenefitTransport), "transport_cost"},
		{named, "heir"},
		{named && payee.Minor(today), "minor_heir"},
	} {
		if one.is {
			cases = append(cases, one.of)
		}
	}
	return cases
}

// lost reports whether a claim asks for one of some benefits.
func lost(c cover.Claim, kinds ...cover.BenefitKind) bool {
	return slices.ContainsFunc(c.Losses, func(l cover.Loss) bool { return slices.Contains(kinds, l.Kind) })
}

// asked are the rules of a claim. A scholarship asks for its own papers alone: those of
// the claim that gave the right to it were shown with that.
func asked(rates *tariff.Tariff, c cover.Claim, i cover.Incident, day cover.Date, cases []tariff.Case) []tariff.Requirement {
	if c.Programme != cover.Scholarship {
		return rates.Requirements(cover.Stream(c.Programme), day, cases)
	}
	stream := cover.StreamJKM
	if i.AtWork() {
		stream = cover.StreamJKK
	}
	return slices.DeleteFunc(rates.Requirements(stream, day, []tariff.Case{"scholarship"}), func(r tariff.Requirement) bool {
		return r.When != "scholarship"
	})
}

// ofPupils asks for the papers of each pupil, but for the family's one card.
func ofPupils(rule tariff.Requirement, c cover.Claim) (each []cover.Requirement) {
	r := cover.Requirement{DocumentKind: rule.Document, Mandatory: rule.Mandatory, Law: rule.Law}
	if rule.Document == cover.FamilyCard {
		return []cover.Requirement{r}
	}
	if rule.Document == cover.SchoolLetter {
		r.SchoolYear = c.SchoolYear
	}
	for _, p := range c.Pupils {
		r.HeirID = uuid.NullUUID{UUID: p.HeirID, Valid: true}
		each = append(each, r)
	}
	return each
}

// ofPayee puts a rule as it holds for whoever is to receive: papers of an heir are that
// heir's own, and each rank before theirs needs a statement of its own.
func ofPayee(rule tariff.Requirement, payee cover.Heir, named bool) []cover.Requirement {
	r := cover.Requirement{DocumentKind: rule.Document, Mandatory: rule.Mandatory, Law: rule.Law}
	if rule.When.OfHeir() && rule.Document != cover.FamilyCard {
		r.HeirID = uuid.NullUUID{UUID: payee.ID, Valid: named}
	}
	if rule.Document == cover.Testament {
		if r.Mandatory = payee.Relation == cover.HeirByTestament; !r.Mandatory {
			return nil
		}
	}
	if rule.Document != cover.NoHeirsStatement {
		return []cover.Requirement{r}
	}
	var each []cover.Requirement
	r.HeirID = uuid.NullUUID{} // it speaks of others
	for rank := 1; rank < payee.Relation.Rank(); rank++ {
		r.Rank, r.Mandatory = rank, true
		each = append(each, r)
	}
	return each
}

// RequirementsOf is Requirements for a claim alone.
func RequirementsOf(r *store.Reader, c cover.Claim) ([]cover.Requirement, error) {
	rates, err := r.Tariff()
	if err != nil {
		return nil, err
	}
	i, err := r.Incident(c.IncidentID)
	if err != nil {
		return nil, err
	}
	heirs, err := r.Heirs(c.IncidentID)
	if err != nil {
		return nil, err
	}
	return Requirements(r, rates, c, i, heirs)
}
