package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestABudgetHoldsTheInvoicesThatAreIssued: drafts are doubted, issuing is refused with
// what remains, and once the ceiling is raised it goes through.
func TestABudgetHoldsTheInvoicesThatAreIssued(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	w.at(time.Date(2024, 11, 4, 9, 0, 0, 0, wib))
	budget := w.budget("nphd_1")
	budget["ceiling_amount"] = 30_000
	made := w.government.post("/v1/budgets", budget).must(t, 201)
	path := made.Header.Get("Location")
	same(t, "the same paper", w.government.post("/v1/budgets", budget).must(t, 409).code(t), "budget_taken")
	same(t, "of another's agreement", fmt.Sprint(w.kpu.post("/v1/budgets", w.budget("apbd")).must(t, 422).faults(t)), "[/agreement_ids/0 party_role_required]")

	draft := func(month string) answer {
		return w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": month}).must(t, 201)
	}
	september, october := draft("2024-09"), draft("2024-10")
	same(t, "no doubt", len(september.warnings(t)), 0)
	total := int64(september.object(t)["total_amount"].(float64))
	issue := func(a answer) answer { return w.branch.pay("/v1/invoices/"+a.id(t)+"/issue", object{}) }
	issued := issue(september).must(t, 200).object(t)
	same(t, "charged to", issued["budget_id"], any(made.id(t)))
	read := w.kpu.get(path).must(t, 200).object(t)
	same(t, "committed", read["committed_amount"], any(float64(total)))
	same(t, "remaining", read["remaining_amount"], any(float64(30_000-total)))
	same(t, "doubt", fmt.Sprint(draft("2024-11").warnings(t)), "[/agreement_id budget_short]")
	refused := issue(october).must(t, 422)
	same(t, "code", refused.code(t), "budget_exceeded")
	if remains := fmt.Sprint(30_000 - total); !containsText(strings.ReplaceAll(refused.object(t)["detail"].(string), ".", ""), remains) {
		t.Errorf("the refusal does not name %s: %s", remains, refused.raw)
	}
	below := w.government.patch(path, "*", object{"ceiling_amount": total - 1, "agreement_ids": []string{}}).must(t, 422)
	same(t, "below what is committed", fmt.Sprint(below.faults(t)), "[/agreement_ids budget_committed /ceiling_amount budget_committed]")
	same(t, "by another", w.kpu.patch(path, "*", object{"ceiling_amount": 1}).must(t, 403).code(t), "party_role_required")
	w.government.patch(path, `"1"`, object{"ceiling_amount": 100_000}).must(t, 200)
	issue(october).must(t, 200)
}

// TestALineIsTakenBackAndBilledAgain: what was paid on it settles the next invoice.
func TestALineIsTakenBackAndBilledAgain(t *testing.T) {
	t.Parallel()
	w := busy(t)
	same(t, "paid already", w.branch.get("/v1/credit-notes/" + w.ids["credit_note_id"]).object(t)["applied_amount"], 0.0)
	made := w.branch.pay("/v1/credit-notes", w.credit(w.lines[1])).must(t, 201)
	note := made.object(t)
	same(t, "number", note["number"], "K2024/000002")
	same(t, "read again", string(w.government.get(made.Header.Get("Location")).must(t, 200).raw), string(made.raw))
	for _, listed := range w.government.get("/v1/credit-notes").must(t, 200).items(t) {
		if lines, told := listed["coverage_period_ids"]; told {
			t.Errorf("a list names the lines %v", lines)
		}
	}
	same(t, "its invoice", w.kpu.get("/v1/invoices/" + w.ids["invoice_id"]).object(t)["status"], "paid")
	again := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-08", "supplementary": true, "rebill_credited": true}).must(t, 201)
	same(t, "officers", again.object(t)["officers"], 2.0)
	w.branch.pay("/v1/invoices/"+again.id(t)+"/issue", object{}).must(t, 200)
	allocate := func(amount any) answer {
		return w.branch.pay(made.Header.Get("Location")+"/allocate", object{"allocations": []object{
			{"invoice_id": again.id(t), "allocated_amount": amount},
		}})
	}
	credit := note["unallocated_amount"].(float64)
	same(t, "too much", fmt.Sprint(allocate(credit+1).must(t, 422).faults(t)), "[/allocations/0/allocated_amount allocated_too_much]")
	same(t, "left", allocate(credit).must(t, 200).object(t)["unallocated_amount"], 0.0)
	same(t, "once more", allocate(1).must(t, 409).code(t), "nothing_unallocated")
	same(t, "paid", w.kpu.get("/v1/invoices/" + again.id(t)).object(t)["paid_amount"], any(credit))

	refuse := func(body object) string {
		body["invoice_id"], body["reason"] = w.ids["invoice_id"], "Keliru"
		return fmt.Sprint(w.branch.pay("/v1/credit-notes", body).must(t, 422).faults(t))
	}
	same(t, "twice", refuse(object{"coverage_period_ids": w.lines[1:2]}), "[/coverage_period_ids/0 line_credited]")
	same(t, "nothing", refuse(object{}), "[/coverage_period_ids nothing_credited]")
	same(t, "nobody's", refuse(object{"coverage_period_ids": []string{w.ids["wrong_period_id"]}, "fine_amount": 1}),
		"[/coverage_period_ids/0 line_unknown /fine_amount fine_exceeded]")
	same(t, "of a draft", w.branch.pay("/v1/credit-notes", object{"invoice_id": w.ids["draft_invoice_id"], "fine_amount": 1, "reason": "x"}).must(t, 409).code(t),
		"invoice_not_payable")
	same(t, "too early", fmt.Sprint(w.branch.post("/v1/invoices", object{
		"agreement_id": w.ids["agreement_id"], "month": "2024-12", "supplementary": true,
	}).must(t, 409).faults(t)), "[/supplementary supplement_too_early]")
	same(t, "the same code", w.branch.pay("/v1/invoices/"+w.ids["draft_invoice_id"]+"/issue", object{"payment_code": "24080000001"}).must(t, 409).code(t),
		"payment_code_taken")
}

// TestABankFileIsReconciled: what it names is settled, the rest waits with its reason,
// and the file may come again.
func TestABankFileIsReconciled(t *testing.T) {
	t.Parallel()
	w := busy(t)
	open := w.branch.get("/v1/invoices/"+w.ids["open_invoice_id"]).must(t, 200).object(t)
	total := int64(open["total_amount"].(float64))
	file := []string{
		fmt.Sprintf("28/11/2024;%d,00;TRX-10;iuran %v", total-500, open["payment_code"]),
		"28/11/2024;500;TRX-11;sisa " + fmt.Sprint(open["number"]),
		"2024-11-28;1.234;TRX-12;bunga",
		"2024-09-02;5.000;TRX-1;setoran",
	}
	before := w.contents()
	dry := w.branch.send(post("/v1/bank-statements?dry_run=true", "tanggal;jumlah;referensi\n"+strings.Join(file, "\n")).under("Content-Type", "text/csv")).must(t, 422)
	same(t, "too many cells", dry.faults(t)[0], "/lines/2 row_malformed")
	made := w.reconcile(file...).must(t, 201)
	o := made.object(t)
	for name, want := range map[string]float64{"lines": 4, "matched": 2, "unmatched": 1, "known": 1} {
		same(t, name, o[name], any(want))
	}
	if len(changed(before, w.contents())) == 0 {
		t.Error("nothing changed")
	}
	same(t, "read again", string(w.branch.get(made.Header.Get("Location")).must(t, 200).raw), string(made.raw))
	same(t, "invoice", w.kpu.get("/v1/invoices/" + w.ids["open_invoice_id"]).object(t)["status"], "paid")
	waiting := w.branch.get("/v1/payments?unallocated=true&statement_id="+made.id(t)).must(t, 200).items(t)
	same(t, "waiting", fmt.Sprint(len(waiting), waiting[0]["reference"], waiting[0]["match"]), "1TRX-12map[candidates:[] reason:none]")
	again := w.reconcile(file...).must(t, 201).object(t)
	same(t, "again", fmt.Sprint(again["known"], again["matched"], again["unmatched"]), "4 0 0")
	other := w.reconcile("2024-09-02;5.001;TRX-1;setoran").must(t, 201)
	same(t, "other money", fmt.Sprint(other.warnings(t)), "[/lines/2/reference payment_differs]")
	same(t, "by the payer", w.government.send(post("/v1/bank-statements", strings.Repeat("x", 4<<20+1)).under("Content-Type", "text/csv")).must(t, 403).code(t), "party_role_required")
}

// TestMoneyThatSettlesNothingIsSeenByWhoPaidIt, if the office knows who that is.
func TestMoneyThatSettlesNothingIsSeenByWhoPaidIt(t *testing.T) {
	t.Parallel()
	w := busy(t)
	money := object{"paid_on": "2024-11-28", "paid_amount": 700, "reference": "SP2D-88", "payer_id": w.ids["wrong_period_id"], "allocations": []object{}}
	same(t, "nobody", fmt.Sprint(w.branch.pay("/v1/payments", money).must(t, 422).faults(t)), "[/payer_id organisation_unknown]")
	money["payer_id"] = w.branch.get("/v1/invoices/"+w.ids["open_invoice_id"]).must(t, 200).object(t)["payer_id"]
	made := w.branch.pay("/v1/payments", money).must(t, 201)
	same(t, "version", made.Header.Get("ETag"), `"1"`)
	seen := w.government.get(made.Header.Get("Location")).must(t, 200).object(t)
	same(t, "left", fmt.Sprint(seen["unallocated_amount"], seen["allocations"]), "700 []")
}

// TestABankFileIsRefusedWithEveryFault, or as a whole.
func TestABankFileIsRefusedWithEveryFault(t *testing.T) {
	t.Parallel()
	w := settle(t)
	got := w.reconcile("26/08/2024;;R-1;", "26/08/2024;1,50;R-1;", "30/08/2024;-1;;").must(t, 422)
	same(t, "faults", fmt.Sprint(got.faults(t)), "[/lines/2/paid_amount amount_missing /lines/3/paid_amount wrong_format /lines/3/reference reference_twice "+
		"/lines/4/paid_amount amount_not_positive /lines/4/paid_on in_the_future /lines/4/reference blank]")
	send := func(file string) answer {
		return w.branch.send(post("/v1/bank-statements", file).under("Content-Type", "text/csv"))
	}
	same(t, "empty", w.reconcile().must(t, 422).code(t), "statement_unreadable")
	same(t, "headers", send("a;b\n").must(t, 422).code(t), "columns_missing")
	same(t, "a header twice", send("tanggal;paid_on\n").must(t, 422).faults(t)[0], "/lines/1 column_twice")
	same(t, "long", send("tanggal;jumlah;referensi\n"+strings.Repeat(";;;x\n", 4<<20/5)).must(t, 413).code(t), "upload_too_large")
	same(t, "just right", send("tanggal;jumlah;referensi\n26/08/2024;1;R\n").must(t, 201).object(t)["lines"], 1.0)
}

// TestTheSameNoticeFiftyTimesIsOnePayment, under one key and under fifty.
func TestTheSameNoticeFiftyTimesIsOnePayment(t *testing.T) {
	t.Parallel()
	w := busy(t)
	notice := post("/v1/payments", object{"paid_on": "2024-11-28", "paid_amount": 5000, "reference": "BANK-1", "allocations": []object{
		{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": 1000},
	}})
	var calls []func() answer
	for range 50 {
		req := w.branch.request(notice.keyed())
		calls = append(calls, func() answer { return serve(w.handler, req) })
	}
	made := 0
	for _, a := range together(calls...) {
		switch {
		case a.StatusCode == 201:
			made++
		case a.StatusCode != 409 || a.code(t) != "payment_reference_taken":
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	same(t, "payments", made, 1)
	same(t, "paid", w.branch.get("/v1/invoices/" + w.ids["open_invoice_id"]).object(t)["paid_amount"], 1000.0)
	unnamed := post("/v1/payments", object{"paid_on": "2024-11-28", "paid_amount": 5000, "reference": "BANK-2", "allocations": []object{}})
	made = 0
	for _, a := range w.branch.atOnce(50, unnamed.keyed()) {
		switch {
		case a.StatusCode == 201 && a.Header.Get("Idempotency-Replayed") == "":
			made++
		case a.StatusCode == 201, a.StatusCode == 409 && a.code(t) == "request_in_progress":
		default:
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	same(t, "payments without an invoice", made, 1)
	queue := w.branch.get("/v1/payments?unallocated=true&reference=BANK-2").must(t, 200).items(t)
	same(t, "queue", len(queue), 1)
	path := fmt.Sprint("/v1/payments/", queue[0]["id"])
	part := func(amount int) answer {
		return w.branch.pay(path+"/allocate", object{"allocations": []object{{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": amount}}})
	}
	same(t, "left", part(4000).must(t, 200).object(t)["unallocated_amount"], 1000.0)
	same(t, "left", part(1000).must(t, 200).object(t)["unallocated_amount"], 0.0)
	same(t, "nothing left", part(1).must(t, 409).code(t), "nothing_unallocated")
}

// TestArrearsTellWhatTheyDoToCover, month by month.
func TestArrearsTellWhatTheyDoToCover(t *testing.T) {
	t.Parallel()
	w := busy(t) // November is due on 16 December
	path := "/v1/agreements/" + w.ids["agreement_id"] + "/arrears"
	for day, want := range map[time.Time]string{
		time.Date(2024, 12, 16, 9, 0, 0, 0, wib): "0 0 covered",
		time.Date(2024, 12, 17, 9, 0, 0, 0, wib): "1 1 covered",
		time.Date(2025, 3, 16, 9, 0, 0, 0, wib):  "1 3 covered",
		time.Date(2025, 3, 17, 9, 0, 0, 0, wib):  "1 4 employer_pays_first",
	} {
		w.at(day)
		a := w.government.get(path).must(t, 200).object(t)
		same(t, day.Format(time.DateOnly), fmt.Sprint(a["invoices"], " ", a["months"], " ", a["effect"]), want)
		same(t, "fines of a state organ", a["fine_amount"], 0.0)
		same(t, "as of", a["as_of"], any(day.Format(time.DateOnly)))
	}
}
