package store

import (
	"gorm.io/gorm"

	"naungan/internal/cover"
)

// This file decides who sees what, and nothing else does. An actor whom no rule
// lets see anything sees nothing, never everything.

// condition is a piece of SQL with its arguments.
type condition struct {
	sql  string
	args []any
}

var nothing = condition{sql: "false"}

func (c condition) on(q *gorm.DB) *gorm.DB { return q.Where(c.sql, c.args...) }

func (c condition) or(d condition) condition {
	return condition{"(" + c.sql + " or " + d.sql + ")", append(append([]any{}, c.args...), d.args...)}
}

func (c condition) and(d condition) condition {
	return condition{"(" + c.sql + " and " + d.sql + ")", append(append([]any{}, c.args...), d.args...)}
}

// inArea holds of rows posted in an area or below it. Codes are digits and dots
// and collate by byte, so the area and all below it are one range of an index.
func inArea(column, area string) condition {
	return condition{column + " >= ? and " + column + " < ?", []any{area, area + "/"}}
}

// bodies holds of the organisations, named g, whose rosters the actor sees: an
// election body sees its own and those of its kind in areas below.
func (r *Reader) bodies() condition {
	switch {
	case !r.who.Kind.Elects():
		return nothing
	case r.who.Level == cover.National:
		return condition{"g.kind = ?", []any{r.who.Kind}}
	case r.who.AreaCode == "":
		return condition{"g.id = ?", []any{r.who.OrganisationID}}
	default:
		here := inArea("g.area_code", r.who.AreaCode)
		return condition{"g.kind = ?", []any{r.who.Kind}}.and(here)
	}
}

// ofBodies holds of rows whose column names an organisation in bodies.
func (r *Reader) ofBodies(column string) condition {
	if !r.who.Kind.Elects() {
		return nothing
	}
	b := r.bodies()
	return condition{"exists (select from organisations g where g.id = " + column + " and " + b.sql + ")", b.args}
}

// ofSelf holds of rows whose column names the actor's own organisation.
func (r *Reader) ofSelf(column string) condition {
	return condition{column + " = ?", []any{r.who.OrganisationID}}
}

// seenOrganisations: one's own, those of one's kind below, those one shares an
// agreement with, and the public bodies that anybody may need as a party.
func (r *Reader) seenOrganisations() condition {
	if r.who.Administers() {
		return condition{sql: "true"}
	}
	shared := condition{`exists (select from agreement_parties mine join agreement_parties theirs using (agreement_id)
		where mine.organisation_id = ? and theirs.organisation_id = organisations.id)`, []any{r.who.OrganisationID}}
	public := condition{"organisations.kind in ?", []any{[]cover.OrganisationKind{
		cover.RegionalGovernment, cover.RegionalAgency, cover.VillageGovernment, cover.BPJSOffice, cover.Ministry,
	}}}
	return r.ofSelf("organisations.id").or(r.ofBodies("organisations.id")).or(shared).or(public)
}

// keptOrganisations are those for which the actor creates clients.
func (r *Reader) keptOrganisations(column string) condition {
	if r.who.Administers() {
		return condition{sql: "true"}
	}
	return r.ofSelf(column).or(r.ofBodies(column))
}

// seenAgreements: those to which the actor, or a body whose roster it sees, is a
// party.
func (r *Reader) seenAgreements(column string) condition {
	party := r.ofSelf("p.organisation_id").or(r.ofBodies("p.organisation_id"))
	return condition{"exists (select from agreement_parties p where p.agreement_id = " + column + " and " + party.sql + ")", party.args}
}

// seenOfficers: an election body sees its rosters; a BPJS office those covered
// under the agreements it signed.
func (r *Reader) seenOfficers() condition {
	if r.who.Kind == cover.BPJSOffice {
		return condition{`exists (select from coverage_periods c join agreements a on a.id = c.agreement_id
			where c.officer_id = officers.id and c.cancelled_on is null and a.branch_id = ?)`, []any{r.who.OrganisationID}}
	}
	return r.ofBodies("officers.organisation_id")
}

// seenCoverage: the organiser's side and the branch; a payer sees sums and lines,
// never the roster.
func (r *Reader) seenCoverage(agreement string) condition {
	party := r.ofSelf("a.branch_id").or(r.ofBodies("a.organiser_id"))
	return condition{"exists (select from agreements a where a.id = " + agreement + " and " + party.sql + ")", party.args}
}

// seenInvoices: the organiser's side, the payer and the branch.
func (r *Reader) seenInvoices() condition {
	return r.ofSelf("invoices.payer_id").or(r.ofSelf("invoices.branch_id")).or(r.ofBodies("invoices.organiser_id"))
}

// seenPayments: who paid and who received. One payment may settle invoices of
// several organisers, so none of them sees it.
func (r *Reader) seenPayments() condition {
	return r.ofSelf("payments.payer_id").or(r.ofSelf("payments.branch_id"))
}

// seenIncidents: the officer's side, whoever reported it, and the branch of the
// cover.
func (r *Reader) seenIncidents() condition {
	branch := condition{`exists (select from coverage_periods c join agreements a on a.id = c.agreement_id
		where c.id = incidents.coverage_period_id and a.branch_id = ?)`, []any{r.who.OrganisationID}}
	return r.ofBodies("incidents.organisation_id").or(r.ofSelf("incidents.reported_by")).or(branch)
}

// seenClaims: the organiser's side, and the branch.
func (r *Reader) seenClaims() condition {
	return r.ofBodies("claims.organiser_id").or(r.ofSelf("claims.branch_id"))
}
