package billing

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"naungan/internal/access"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// ReconcileStatement makes a payment of each line of a bank's file that is not recorded
// yet, and settles the invoice that it is for, if that is certain. What is not certain
// waits, with its reason. Refuses whoever is no BPJS office (party_role_required), and
// what ReadStatement refuses.
func ReconcileStatement(tx *store.Tx, file []byte) (cover.BankStatement, error) {
	if err := MayReconcile(tx.Actor()); err != nil {
		return cover.BankStatement{}, err
	}
	lines, ignored, err := ReadStatement(file, tx.Today())
	if err != nil {
		return cover.BankStatement{}, err
	}
	for _, header := range ignored {
		tx.Doubt(cover.Fault{Code: cover.ColumnIgnored, Params: cover.Params{"header": header}})
	}
	digest := sha256.Sum256(file)
	s := cover.BankStatement{BranchID: tx.Actor().OrganisationID, SHA256: hex.EncodeToString(digest[:]), Lines: len(lines)}
	// The invoices are held before the payments are written, as those who record one do.
	candidates, err := tx.LockCandidates(clues(lines))
	if err != nil {
		return s, err
	}
	if err := tx.InsertStatement(&s); err != nil {
		return s, err
	}
	lines, payments, err := record(tx, s, lines)
	if err != nil {
		return s, err
	}
	l := newLedger(candidates)
	for n := range payments {
		p := &payments[n]
		var place int
		if p.Match, place = l.match(lines[n]); place < 0 {
			s.Unmatched++
			continue
		}
		s.Matched++
		p.PayerID = l.invoices[place].PayerID
		p.Allocations = []cover.Allocation{l.settle(place, p.Amount)}
		p.Allocated = p.Allocations[0].Amount
		doubtDay(tx, lines[n], l.invoices[place])
	}
	s.Known = s.Lines - len(payments)
	if err := tx.FinishStatement(&s, payments); err != nil {
		return s, err
	}
	if err := settle(tx, l.touched()); err != nil {
		return s, err
	}
	return s, recordEvents(tx, s, payments)
}

// MayReconcile refuses whoever is no BPJS office (party_role_required), before anybody
// reads what they send.
func MayReconcile(who access.Actor) error {
	if who.Kind != cover.BPJSOffice {
		return cover.Refuse(cover.Forbidden, cover.PartyRoleRequired, cover.Params{"role": cover.Branch})
	}
	return nil
}

// clues is what the lines of a statement may find invoices by.
func clues(lines []StatementLine) (codes, numbers []string, amounts []cover.Rupiah) {
	for _, l := range lines {
		text := l.Reference + " " + l.Description
		codes, numbers = append(codes, codesIn(text)...), append(numbers, numbersIn(text)...)
		amounts = append(amounts, l.Amount)
	}
	return codes, numbers, amounts
}

// record writes the payments of those lines whose reference is new, still without what
// they settle.
func record(tx *store.Tx, s cover.BankStatement, lines []StatementLine) (fresh []StatementLine, made []cover.Payment, err error) {
	payments := make([]cover.Payment, len(lines))
	for n, l := range lines {
		payments[n] = cover.Payment{
			BranchID: s.BranchID, PaidOn: l.PaidOn, Amount: l.Amount, Reference: l.Reference, Description: l.Description, Version: 1,
		}
	}
	added, err := tx.InsertStatementPayments(s.ID, payments)
	if err != nil {
		return nil, nil, err
	}
	var known []StatementLine
	for n, p := range payments {
		if added[p.ID] {
			fresh, made = append(fresh, lines[n]), append(made, p)
		} else {
			known = append(known, lines[n])
		}
	}
	return fresh, made, doubtKnown(tx, known)
}

// doubtKnown warns of lines that say something else than what was recorded under their
// reference: they may be other money.
func doubtKnown(tx *store.Tx, lines []StatementLine) error {
	if len(lines) == 0 {
		return nil
	}
	references := make([]string, len(lines))
	for n, l := range lines {
		references[n] = l.Reference
	}
	under, err := tx.PaymentsUnder(references)
	if err != nil {
		return err
	}
	for _, l := range lines {
		p := under[l.Reference]
		if (p.Amount != l.Amount || p.PaidOn != l.PaidOn) && len(tx.Doubts) < mostFaults {
			tx.Doubt(cover.Fault{
				Pointer: fmt.Sprintf("/lines/%d/reference", l.Line), Code: cover.PaymentDiffers,
				Params: cover.Params{"payment_id": p.ID, "paid_on": p.PaidOn, "paid_amount": p.Amount},
			})
		}
	}
	return nil
}

// doubtDay warns of money that came before its invoice, as far as anybody would read.
func doubtDay(tx *store.Tx, l StatementLine, i cover.Invoice) {
	if l.PaidOn.Before(i.IssuedOn) && len(tx.Doubts) < mostFaults {
		tx.Doubt(cover.Fault{
			Pointer: fmt.Sprintf("/lines/%d/paid_on", l.Line), Code: cover.PaymentBackdated, Params: cover.Params{"issued_on": i.IssuedOn},
		})
	}
}

func recordEvents(tx *store.Tx, s cover.BankStatement, payments []cover.Payment) error {
	events := []cover.Event{{Type: cover.StatementReconciled, ResourceID: s.ID, OrganisationID: s.BranchID, After: s}}
	for _, p := range payments {
		events = append(events, cover.Event{Type: cover.PaymentRecorded, ResourceID: p.ID, OrganisationID: p.BranchID, After: p})
	}
	return tx.RecordAll(events)
}
