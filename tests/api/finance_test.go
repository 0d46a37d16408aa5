package api_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// treasury is Kapuas Hulu on 5 November 2024: August is paid, September is overdue,
// October partly paid and due on the 15th, November a draft; and of another
// agreement, out of the regency's own budget, October is open.
func treasury(t *testing.T) *world {
	t.Helper()
	w := billed(t)
	draft := func(agreement, month string) string {
		return w.branch.post("/v1/invoices", object{"agreement_id": agreement, "month": month}).must(t, 201).id(t)
	}
	issue := func(id, code string) {
		w.branch.pay("/v1/invoices/"+id+"/issue", object{"payment_code": code}).must(t, 200)
	}
	w.ids["september_id"], w.ids["october_id"] = draft(w.ids["agreement_id"], "2024-09"), draft(w.ids["agreement_id"], "2024-10")
	w.at(time.Date(2024, 10, 1, 9, 0, 0, 0, wib))
	issue(w.ids["september_id"], "24090000001")
	own := w.signed(w.agreement(object{"positions": []object{{"position": "ppk", "headcount": 5}}, "funding_source": "apbd"}))
	w.kpu.post("/v1/officers", siti(6, object{"position": "ppk", "area_code": district})).must(t, 201)
	w.enrol(t, w.kpu, own).must(t, 201)
	w.at(time.Date(2024, 11, 1, 9, 0, 0, 0, wib))
	issue(w.ids["october_id"], "24100000001")
	w.ids["own_id"] = draft(own, "2024-10")
	issue(w.ids["own_id"], "24100000002")
	w.branch.pay("/v1/payments", object{"paid_on": "2024-11-01", "paid_amount": 10000, "reference": "SP2D-2", "allocations": []object{
		{"invoice_id": w.ids["october_id"], "allocated_amount": 10000},
	}}).must(t, 201)
	w.ids["draft_id"] = draft(w.ids["agreement_id"], "2024-11")
	for _, id := range []string{w.ids["invoice_id"], w.ids["october_id"]} {
		w.government.patch("/v1/invoices/"+id, "*", object{"disbursement": object{"sp2d_number": "SP2D-0912/2024"}}).must(t, 200)
	}
	w.ids["payment_code"] = "24090000001"
	w.at(time.Date(2024, 11, 5, 9, 0, 0, 0, wib))
	return w
}

// monthly is what the three officers of the PPS cost, and ppk the one of the PPK.
const (
	monthly = 2*7020 + 8100.0
	ppk     = 11880.0
)

// answers say of each question what is right, given the answer to its address.
var answers = map[string]func(*testing.T, *world, answer){
	"What do we still owe?": func(t *testing.T, w *world, a answer) {
		same(t, "owed", total(t, a, "outstanding_amount"), 2*monthly-10000+ppk)
		same(t, "invoices", total(t, a, "invoices"), 3.0)
	},
	"Which invoices are overdue, the oldest first?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["september_id"])
	},
	"What falls due this month?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["october_id"], w.ids["own_id"])
		same(t, "due", total(t, a, "outstanding_amount"), monthly-10000+ppk)
	},
	"What did the year cost, as a workbook?": func(t *testing.T, w *world, a answer) {
		_, rows, sums := readSheet(t, a.raw)
		same(t, "invoices", len(rows), 4)
		same(t, "cost", sums["total_amount"], plainly(3*monthly+ppk))
		same(t, "paid", sums["paid_amount"], plainly(monthly+10000))
	},
	"What did the grant (NPHD) pay for?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["invoice_id"], w.ids["september_id"], w.ids["october_id"])
		same(t, "paid", total(t, a, "paid_amount"), monthly+10000)
		same(t, "asked for", total(t, a, "total_amount"), 3*monthly)
	},
	"What does one agreement cost, month by month?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["invoice_id"], w.ids["september_id"], w.ids["october_id"], w.ids["draft_id"])
		for n, item := range a.items(t) {
			same(t, "month", item["month"], any(fmt.Sprintf("2024-%02d", 8+n)))
			same(t, "cost", item["total_amount"], any(monthly))
		}
	},
	"Which invoice does this payment code belong to?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["september_id"])
	},
	"Which invoices did this order (SP2D) pay?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["invoice_id"], w.ids["october_id"])
		same(t, "with it", total(t, a, "paid_amount"), monthly+10000)
	},
	"For whom is the invoice, line by line?": func(t *testing.T, w *world, a answer) {
		header, rows := readCSV(t, a.raw)
		same(t, "officers", len(rows), 3)
		invoice := w.government.get("/v1/invoices/"+w.ids["invoice_id"]).must(t, 200).object(t)
		all, month := sha256.New(), fmt.Sprint(invoice["month"])
		for _, row := range rows {
			line := map[string]string{"month": month}
			for i, name := range header {
				line[name] = row[i]
			}
			var parts []string
			for _, name := range strings.Fields("coverage_period_id officer_id month position role wage_base_amount jkk_amount jkm_amount schedule relief") {
				parts = append(parts, line[name])
			}
			one := sha256.Sum256([]byte(strings.Join(parts, "|")))
			all.Write(one[:])
		}
		same(t, "digest", any(hex.EncodeToString(all.Sum(nil))), invoice["digest"])
	},
	"What do we file?": func(t *testing.T, w *world, a answer) {
		if !bytes.HasPrefix(a.raw, []byte("%PDF-")) {
			t.Errorf("no PDF: %.20q", a.raw)
		}
		same(t, "type", a.Header.Get("Content-Type"), "application/pdf")
	},
	"With which money was the invoice paid?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["payment_id"])
		same(t, "reference", a.items(t)[0]["reference"], any("SP2D-1"))
	},
}

// bookAnswers are those that need books: a budget, credit, and money that came without
// an invoice.
var bookAnswers = map[string]func(*testing.T, *world, answer){
	"What remains of the budget?": func(t *testing.T, w *world, a answer) {
		budget := a.items(t)[0]
		same(t, "budgets", len(a.items(t)), 1)
		same(t, "remains", budget["remaining_amount"], any(budget["ceiling_amount"].(float64)-budget["committed_amount"].(float64)))
		same(t, "committed", budget["committed_amount"], any(w.issuedOn(w.ids["budget_id"])))
	},
	"Which money came without an invoice?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["over_payment_id"])
		same(t, "left", a.items(t)[0]["unallocated_amount"], 500.0)
	},
	"What credit do we have?": func(t *testing.T, w *world, a answer) {
		lists(t, a, w.ids["credit_note_id"])
		same(t, "credit", a.items(t)[0]["unallocated_amount"], a.items(t)[0]["total_amount"])
	},
	"Is the invoice right?": func(t *testing.T, w *world, a answer) {
		proof := a.object(t)
		invoice := w.government.get("/v1/invoices/"+w.ids["invoice_id"]).must(t, 200).object(t)
		same(t, "holds", proof["holds"], true)
		same(t, "digest", proof["recomputed_digest"], invoice["digest"])
		same(t, "total", proof["recomputed_amount"], invoice["total_amount"])
		same(t, "lines", proof["lines"], invoice["officers"])
	},
}

// books is a world with a budget that something is charged to, credit, and money that
// settles nothing yet.
func books(t *testing.T) *world {
	t.Helper()
	w := busy(t)
	w.branch.pay("/v1/invoices/"+w.ids["draft_invoice_id"]+"/issue", object{}).must(t, 200)
	w.ids["over_payment_id"] = w.branch.pay("/v1/payments", object{
		"paid_on": "2024-11-27", "paid_amount": 1500, "reference": "SP2D-77",
		"allocations": []object{{"invoice_id": w.ids["open_invoice_id"], "allocated_amount": 1000}},
	}).must(t, 201).id(t)
	return w
}

// issuedOn adds up what is charged to a budget.
func (w *world) issuedOn(budget string) (sum float64) {
	for _, i := range w.government.get("/v1/invoices?budget_id="+budget).must(w.t, 200).items(w.t) {
		sum += i["total_amount"].(float64)
	}
	return sum
}

// total is one of the sums of a list.
func total(t *testing.T, a answer, name string) float64 {
	t.Helper()
	totals, _ := a.object(t)["totals"].(object)
	sum, ok := totals[name].(float64)
	if !ok {
		t.Fatalf("no total of %s in %s", name, a.raw)
	}
	return sum
}

func lists(t *testing.T, a answer, ids ...string) {
	t.Helper()
	if got := names(a.items(t)); !slices.Equal(got, ids) {
		t.Errorf("%q, want %q", got, ids)
	}
}

// question is one of docs/finance.md: in English, in Indonesian, and the address
// that answers it.
var question = regexp.MustCompile("(?m)^### ([0-9]+)\\. (.+)\n\n\\*(.+\\?)\\*\n\n```\nGET (\\S+)\n(?:Accept: (\\S+)\n)?```$")

// TestEveryQuestionOfATreasuryIsAnsweredByOneAddress, the one that docs/finance.md
// gives.
func TestEveryQuestionOfATreasuryIsAnsweredByOneAddress(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/finance.md")
	if err != nil {
		t.Fatal(err)
	}
	asked := question.FindAllStringSubmatch(string(raw), -1)
	same(t, "questions", len(asked), 15)
	plain, booked := treasury(t), books(t)
	for n, q := range asked {
		same(t, "numbered", q[1], fmt.Sprint(n+1))
		w, right := plain, answers[q[2]]
		if right == nil {
			w, right = booked, bookAnswers[q[2]]
		}
		if right == nil {
			t.Errorf("nobody asks %q", q[2])
			continue
		}
		t.Run(q[2], func(t *testing.T) {
			path := q[4]
			for _, name := range []string{"agreement_id", "invoice_id", "payment_code"} {
				path = strings.ReplaceAll(path, "{"+name+"}", w.ids[name])
			}
			c := get(path)
			if q[5] != "" {
				c = c.under("Accept", q[5])
			}
			right(t, w, w.government.send(c).must(t, 200))
		})
	}
	same(t, "answers", len(answers)+len(bookAnswers), len(asked))
}

// TestALetterIsHeldByItsTag: whoever has it is told so, until it says something else.
func TestALetterIsHeldByItsTag(t *testing.T) {
	t.Parallel()
	w := treasury(t)
	letter := get("/v1/invoices/"+w.ids["october_id"]).under("Accept", "application/pdf")
	first := w.government.send(letter).must(t, 200)
	same(t, "what the branch is given", bytes.Equal(w.branch.send(letter).must(t, 200).raw, first.raw), true)
	held := letter.under("If-None-Match", first.Header.Get("ETag"))
	w.government.send(held).must(t, 304)
	w.at(time.Date(2024, 12, 24, 9, 0, 0, 0, wib))
	w.government.send(held).must(t, 304) // overdue now, which no paper says of itself
	json := w.government.get("/v1/invoices/"+w.ids["october_id"]).must(t, 200)
	if json.Header.Get("ETag") == first.Header.Get("ETag") {
		t.Error("JSON and letter have one tag")
	}
	w.government.patch("/v1/invoices/"+w.ids["october_id"], "*", object{"disbursement": nil}).must(t, 200)
	w.government.send(held).must(t, 200)
	same(t, "a picture", w.government.send(letter.under("Accept", "image/png")).must(t, 406).code(t), "not_acceptable")
	stranger := w.join(w.admin, "stranger", object{"kind": "bpjs_office", "level": "regency", "area_code": "61.06", "name": "BPJS lain"})
	same(t, "a stranger's", stranger.send(letter).must(t, 404).code(t), "resource_unknown")
}
