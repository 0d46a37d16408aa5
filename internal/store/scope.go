package store

import (
	"github.com/google/uuid"
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

// checkedOfficers: whose cover is checked. As seenOfficers; but what a BPJS office was
// answered once it may ask again, also when the cover has been cancelled since.
func (r *Reader) checkedOfficers() condition {
	if r.who.Kind == cover.BPJSOffice {
		return condition{`exists (select from coverage_periods c join agreements a on a.id = c.agreement_id
			where c.officer_id = officers.id and a.branch_id = ?)`, []any{r.who.OrganisationID}}
	}
	return r.seenOfficers()
}

// rosters is what an actor reads officers from: the organisations it sees, or for
// a BPJS office the agreements it signed.
type rosters struct {
	from     condition // a query whose rows are named g
	officers string    // the officers o of a row of g, open for further conditions
	distinct string    // how an officer in several of them comes once
}

func (r *Reader) rosters(f OfficerFilter) rosters {
	if r.who.Kind == cover.BPJSOffice {
		return rosters{
			from:     condition{"select a.id from agreements a where a.branch_id = ?", []any{r.who.OrganisationID}},
			officers: "coverage_periods c join officers o on o.id = c.officer_id where c.agreement_id = g.id and c.cancelled_on is null",
			distinct: "distinct on (o.id)",
		}
	}
	bodies := r.bodies()
	if f.OrganisationID != uuid.Nil {
		bodies = bodies.and(condition{"g.id = ?", []any{f.OrganisationID}})
	}
	return rosters{
		from:     condition{"select g.id from organisations g where " + bodies.sql, bodies.args},
		officers: "officers o where o.organisation_id = g.id",
	}
}

// seenCoverage: the organiser's side and the branch; a payer sees sums and lines,
// never the roster.
func (r *Reader) seenCoverage(agreement string) condition {
	party := r.coveringAgreements()
	return condition{"exists (select from agreements a where a.id = " + agreement + " and " + party.sql + ")", party.args}
}

// coveringAgreements holds of the agreements, named a, under which the actor sees
// cover.
func (r *Reader) coveringAgreements() condition {
	return r.ofSelf("a.branch_id").or(r.ofBodies("a.organiser_id"))
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

// insideIncidents: the officer's side, and the BPJS office that covers, or has a claim of
// it to decide whatever was found of the cover since. Of somebody
// on no roster, whose body is not registered, the bodies of its kind above.
func (r *Reader) insideIncidents() condition {
	if !r.who.Kind.Elects() {
		return r.ofSelf("incidents.branch_id").or(condition{
			"exists (select from claims c where c.incident_id = incidents.id and c.branch_id = ?)", []any{r.who.OrganisationID},
		})
	}
	unregistered := condition{"incidents.organisation_id is null and incidents.body = ?", []any{r.who.Kind}}
	if r.who.Level != cover.National {
		unregistered = unregistered.and(inArea("incidents.area_code", r.who.AreaCode))
	}
	return r.ofBodies("incidents.organisation_id").or(unregistered)
}

// seenIncidents: from the inside, and what one reported oneself.
func (r *Reader) seenIncidents() condition {
	return r.insideIncidents().or(r.ofSelf("incidents.reported_by"))
}

// seenHeirs: whoever sees claims of the incident, and nobody who merely reported it.
func (r *Reader) seenHeirs() condition {
	inside := r.insideIncidents()
	return condition{"exists (select from incidents where incidents.id = heirs.incident_id and " + inside.sql + ")", inside.args}
}

// seenFunds: those of the bodies whose rosters one sees; what a body keeps for its
// own scheme is no business of others.
func (r *Reader) seenFunds() condition { return r.ofBodies("ex_gratia_funds.organisation_id") }

// seenGrants likewise.
func (r *Reader) seenGrants() condition { return r.ofBodies("ex_gratia_grants.organisation_id") }

// SeesGrants reports whether who sees an incident from the inside sees what was granted for
// it too: the bodies do, the BPJS office does not.
func (r *Reader) SeesGrants() bool { return r.who.Kind.Elects() }

// seenDocuments: whoever sees the incident from the inside, once the paper is there;
// whoever merely reported it, what they sent.
func (r *Reader) seenDocuments() condition {
	inside := r.insideIncidents()
	seen := r.ofSelf("documents.uploaded_by").or(condition{
		"exists (select from incidents where incidents.id = documents.incident_id and " + inside.sql + ")", inside.args,
	})
	return condition{sql: "documents.status not in ('receiving', 'discarded')"}.and(seen)
}

// seenClaims: the organiser's side, and the branch.
func (r *Reader) seenClaims() condition {
	return r.ofBodies("claims.organiser_id").or(r.ofSelf("claims.branch_id"))
}

// toldOfBudgets: the agreements that the actor sees, but for those it only witnesses.
func (r *Reader) toldOfBudgets(column string) condition {
	party := r.ofSelf("p.organisation_id").or(r.ofBodies("p.organisation_id"))
	return condition{
		"exists (select from agreement_parties p where p.agreement_id = " + column + " and p.role <> ? and " + party.sql + ")",
		append([]any{cover.Witness}, party.args...),
	}
}

// seenBudgets: one's own, and those that pay for an agreement one is told of.
func (r *Reader) seenBudgets() condition {
	pays := r.toldOfBudgets("b.agreement_id")
	return r.ofSelf("budgets.organisation_id").or(condition{
		"exists (select from budget_agreements b where b.budget_id = budgets.id and " + pays.sql + ")", pays.args,
	})
}

// seenCreditNotes: whoever sees the invoice they take a part of back.
func (r *Reader) seenCreditNotes() condition {
	organiser := r.ofBodies("i.organiser_id")
	return r.ofSelf("credit_notes.payer_id").or(r.ofSelf("credit_notes.branch_id")).or(condition{
		"exists (select from invoices i where i.id = credit_notes.invoice_id and " + organiser.sql + ")", organiser.args,
	})
}

// seenStatements: the office that holds the account.
func (r *Reader) seenStatements() condition { return r.ofSelf("bank_statements.branch_id") }

// seenDeadlines: who owes it, and whoever sees from the inside the incident it is about,
// or the claim: which clocks run would tell a reporter whether somebody is covered.
func (r *Reader) seenDeadlines() condition {
	incidents, claims := r.insideIncidents(), r.seenClaims()
	return r.ofSelf("deadlines.organisation_id").
		or(condition{"exists (select from incidents where incidents.id = deadlines.incident_id and " + incidents.sql + ")", incidents.args}).
		or(condition{"exists (select from claims where claims.id = deadlines.claim_id and " + claims.sql + ")", claims.args})
}
