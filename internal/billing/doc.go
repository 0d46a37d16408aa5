// Package billing turns coverage into monthly invoices, and money into cover.
//
// It owns the verbs on money, from the correction of a rate to the proof of an
// invoice, and the run that bills what is due. It does not own rates (tariff), nor
// the periods it bills (registry): an invoice rates the wage base that a period was
// frozen with by the rules of its month, and keeps its own copy once it is issued;
// later corrections reach it only as a credit note or a supplementary invoice.
//
// Three dates are easily confused. The service month is when officers were
// covered. The due day is when payment is expected, and depends on the segment.
// The issue day is printed on the paper and counts for nothing else but its
// number, which begins anew each year.
package billing
