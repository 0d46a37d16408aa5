package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func containsText(text, part string) bool { return part != "" && strings.Contains(text, part) }

// TestAnInvoiceGoesThroughItsLife: drafted, issued, partly paid, overdue, paid; its
// lines add up to it, and its numbers have no gaps.
func TestAnInvoiceGoesThroughItsLife(t *testing.T) {
	t.Parallel()
	w := busy(t)
	path := "/v1/invoices/" + w.ids["draft_invoice_id"]
	draft := w.government.get(path).object(t)
	same(t, "status", draft["status"], "draft")
	same(t, "number", draft["number"], nil)
	sum := 0.0
	for _, line := range w.government.get(path+"/lines").must(t, 200).items(t) {
		sum += line["premium_amount"].(float64)
	}
	same(t, "sum of lines", sum, draft["total_amount"])

	w.at(time.Date(2024, 10, 1, 9, 0, 0, 0, wib))
	issued := w.branch.pay(path+"/issue", object{"payment_code": "24090000001"}).must(t, 200).object(t)
	same(t, "status", issued["status"], "issued")
	same(t, "number", issued["number"], "2024/000003") // August's and November's came before
	same(t, "due", issued["due_on"], "2024-10-15")
	total := int64(issued["total_amount"].(float64))
	pay := func(reference string, amount, part int64) answer {
		return w.branch.pay("/v1/payments", object{"paid_on": "2024-10-01", "paid_amount": amount, "reference": reference, "allocations": []object{
			{"invoice_id": w.ids["draft_invoice_id"], "allocated_amount": part},
		}})
	}
	first := pay("P-1", 1500, 1000).must(t, 201)
	same(t, "credit", first.object(t)["unallocated_amount"], 500.0)
	same(t, "payer", first.object(t)["payer_id"], any(w.organisations["government"]))
	same(t, "read again", string(w.branch.get(first.Header.Get("Location")).must(t, 200).raw), string(first.raw))
	same(t, "status", w.kpu.get(path).object(t)["status"], "partially_paid")
	w.at(time.Date(2024, 10, 15, 23, 59, 0, 0, wib))
	same(t, "status on the last day", w.kpu.get(path).object(t)["status"], "partially_paid")
	w.at(time.Date(2024, 10, 16, 0, 0, 0, 0, wib))
	same(t, "status a day late", w.kpu.get(path).object(t)["status"], "overdue")
	same(t, "one rupiah too much", pay("P-2", total, total-999).must(t, 422).faults(t)[0], "/allocations/0/allocated_amount outstanding_exceeded")
	pay("P-2", total-1000, total-1000).must(t, 201)
	paid := w.kpu.get(path).object(t)
	same(t, "status", paid["status"], "paid")
	same(t, "outstanding", paid["outstanding_amount"], 0.0)
}

// TestAVoidInvoiceLeavesItsMonthFree, keeps its number, and is paid by nobody.
func TestAVoidInvoiceLeavesItsMonthFree(t *testing.T) {
	t.Parallel()
	w := busy(t)
	path := "/v1/invoices/" + w.ids["open_invoice_id"]
	void := w.branch.post(path+"/void", object{"reason": "Daftar keliru"}).must(t, 200).object(t)
	same(t, "status", void["status"], "void")
	same(t, "reason", void["void_reason"], "Daftar keliru")
	same(t, "outstanding", void["outstanding_amount"], 0.0)
	same(t, "twice", w.branch.post(path+"/void", object{"reason": "x"}).must(t, 409).code(t), "invoice_void")
	same(t, "issued again", w.branch.pay(path+"/issue", object{}).must(t, 409).code(t), "invoice_not_draft")
	paid := w.branch.pay("/v1/payments", object{"paid_on": "2024-11-28", "paid_amount": 1, "reference": "P", "allocations": []object{{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": 1}}})
	same(t, "paid", paid.must(t, 409).code(t), "invoice_not_payable")
	again := w.kpu.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-11"}).must(t, 201).id(t)
	number := w.branch.pay("/v1/invoices/"+again+"/issue", object{}).must(t, 200).object(t)["number"]
	same(t, "number", number, "2024/000003")
}

// TestNumbersHaveNoGaps however many are issued at once, and however many fail.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	var calls []func() answer
	for _, month := range []string{"2024-08", "2024-09", "2024-10", "2024-11", "2024-12", "2025-01"} {
		id := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": month}).must(t, 201).id(t)
		for range 3 {
			req := w.branch.request(post("/v1/invoices/"+id+"/issue", object{}).keyed())
			calls = append(calls, func() answer { return serve(w.handler, req) })
		}
	}
	for _, a := range together(calls...) {
		if a.StatusCode != 200 && a.code(t) != "invoice_not_draft" {
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	same(t, "numbers", one[string](w.server, `select string_agg(number, ' ' order by number) from invoices`),
		"2024/000001 2024/000002 2024/000003 2024/000004 2024/000005 2024/000006")
}

// TestOnePaymentSettlesManyInvoices of one payer, and of no other.
func TestOnePaymentSettlesManyInvoices(t *testing.T) {
	t.Parallel()
	w := busy(t)
	w.branch.pay("/v1/invoices/"+w.ids["draft_invoice_id"]+"/issue", object{}).must(t, 200)
	self := w.signed(w.agreement(object{
		"parties": []object{
			{"organisation_id": w.organisations["kpu"], "role": "organiser"}, {"organisation_id": w.organisations["branch"], "role": "branch"},
		},
		"positions": []object{{"position": "sek_pps", "headcount": 3}}, "funding_source": "self",
	}))
	w.kpu.post("/v1/officers", siti(90, object{"position": "sek_pps", "role": "staff"})).must(t, 201)
	w.enrol(t, w.kpu, self).must(t, 201)
	own := w.branch.post("/v1/invoices", object{"agreement_id": self, "month": "2024-11"}).must(t, 201).object(t)
	same(t, "payer", own["payer_id"], nil)
	w.branch.pay(fmt.Sprint("/v1/invoices/", own["id"], "/issue"), object{}).must(t, 200)
	pay := func(reference string, invoices ...any) answer {
		var parts []object
		for _, id := range invoices {
			parts = append(parts, object{"invoice_id": id, "allocated_amount": 100})
		}
		return w.branch.pay("/v1/payments", object{"paid_on": "2024-11-28", "paid_amount": 1000, "reference": reference, "allocations": parts})
	}
	mixed := pay("M-1", w.ids["open_invoice_id"], own["id"]).must(t, 422)
	same(t, "another payer's", mixed.faults(t)[0], "/allocations/1/invoice_id invoice_of_other_payer")
	both := pay("M-2", w.ids["open_invoice_id"], w.ids["draft_invoice_id"]).must(t, 201).object(t)
	same(t, "credit", both["unallocated_amount"], 800.0)
	same(t, "nobody's", pay("M-3", own["id"]).must(t, 201).object(t)["payer_id"], nil)
	same(t, "seen by whoever paid", len(w.government.get("/v1/payments").items(t)), 2) // and August's
}

// TestManyPaymentsAtOnceNeverPayTooMuch.
func TestManyPaymentsAtOnceNeverPayTooMuch(t *testing.T) {
	t.Parallel()
	w := busy(t)
	path := "/v1/invoices/" + w.ids["open_invoice_id"]
	total := int64(w.branch.get(path).object(t)["total_amount"].(float64))
	var calls []func() answer
	for i := range 10 {
		req := w.branch.request(post("/v1/payments", object{"paid_on": "2024-11-28", "paid_amount": total / 3, "reference": fmt.Sprint("P-", i), "allocations": []object{
			{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": total / 3},
		}}).keyed())
		calls = append(calls, func() answer { return serve(w.handler, req) })
	}
	made := 0
	for _, a := range together(calls...) {
		switch {
		case a.StatusCode == 201:
			made++
		case a.StatusCode != 422 || a.faults(t)[0] != "/allocations/0/allocated_amount outstanding_exceeded":
			t.Errorf("%d %s", a.StatusCode, a.raw)
		}
	}
	same(t, "payments", made, 3)
	same(t, "paid", w.branch.get(path).object(t)["paid_amount"], float64(total/3*3))
}

// TestAPersonIsBilledOnceAMonth, whichever agreement asks first.
func TestAPersonIsBilledOnceAMonth(t *testing.T) {
	t.Parallel()
	w := enrolled(t)
	first := w.ids["agreement_id"]
	w.branch.post("/v1/agreements/"+first+"/terminate", object{"terminated_on": "2024-10-10", "reason": "Diganti"}).must(t, 200)
	second := w.sign(t, object{"starts_on": "2024-10-11", "renews_id": first}, "2024-08-26")
	w.enrol(t, w.kpu, second).must(t, 201)
	october := func(agreement string) answer {
		return w.branch.post("/v1/invoices", object{"agreement_id": agreement, "month": "2024-10"})
	}
	same(t, "officers", october(first).must(t, 201).object(t)["officers"], 3.0)
	same(t, "the same people", october(second).must(t, 409).code(t), "invoice_empty")
}

// TestMoneyThatCameBeforeItsInvoiceIsDoubted: cover begins with that day.
func TestMoneyThatCameBeforeItsInvoiceIsDoubted(t *testing.T) {
	t.Parallel()
	w := busy(t)
	made := w.branch.pay("/v1/payments", object{"paid_on": "2024-11-27", "paid_amount": 1, "reference": "E", "allocations": []object{
		{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": 1},
	}}).must(t, 201)
	same(t, "warnings", fmt.Sprint(made.warnings(t)), "[/paid_on payment_backdated]")
}

// TestWagesWithoutEndAreNotBilled: everybody's own wage is a mistake, and each would be
// a line of every answer.
func TestWagesWithoutEndAreNotBilled(t *testing.T) {
	t.Parallel()
	w := covered(t)
	w.bring(w.kpu, "", inCSV(several(1, 2_001)...)).expect("committed", "2001 rows: 2001 created")
	w.insure()
	w.exec(`update coverage_periods c set wage_base = 1000000 + n from (select id, row_number() over () as n from coverage_periods) k where k.id = c.id`)
	w.at(time.Date(2024, 9, 2, 9, 0, 0, 0, wib))
	refused := w.branch.post("/v1/invoices", object{"agreement_id": w.ids["agreement_id"], "month": "2024-08"}).must(t, 409)
	same(t, "code", refused.code(t), "wage_bases_too_many")
}
