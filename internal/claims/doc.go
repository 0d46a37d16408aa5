// Package claims takes what happened to officers from the first report to the
// payment.
//
// It owns the verbs report, open, submit, approve, reject and pay. It does not
// own rules (cover), what an event pays and its clocks (tariff), nor cover itself
// (registry): an incident keeps which cover held when it was reported, and a claim
// keeps the benefit that was computed when it was opened.
//
// Days are reckoned where they count: that of an event in the zone of the
// officer's organisation, that of an act in the zone of whoever acts.
package claims
