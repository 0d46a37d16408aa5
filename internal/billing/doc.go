// Package billing turns coverage into monthly invoices, and money into cover.
//
// It owns the verbs draft, issue, void, credit and amend an invoice, record and
// allocate a payment, reconcile a bank's file, and set a budget. It does not own rates
// (tariff), nor the periods it bills (registry): an invoice copies what the
// periods were frozen with, and keeps its own copy once it is issued; later
// corrections reach it only as a new invoice.
//
// Three dates are easily confused. The service month is when officers were
// covered. The due day is when payment is expected, and depends on the segment.
// The issue day is printed on the paper and counts for nothing else but its
// number, which begins anew each year.
package billing
