// Package claims takes what happened to officers from the first notice to the
// payment, and keeps the clocks of the law.
//
// It owns the verbs on incidents (report, amend, confirm, dismiss, guarantee,
// conclude), on heirs (name, amend, strike) and on claims (open, amend, submit, return,
// verify, approve, reject, reopen, appeal, withdraw, pay), what an election body gives
// of its own (set, grant, disburse, cancel), the clocks that run meanwhile (start, meet,
// pause, resume, cancel), and two questions that change nothing: whether somebody was
// covered (check) and what an event would pay (estimate). It does not own rules
// (cover), what an event pays and how long the law gives (tariff), papers (documents),
// nor cover itself (registry): an incident keeps which cover held when it happened, and
// a claim the benefit as it was last computed.
//
// A benefit is computed by the rules of the day of the event, as they stand: when a
// claim is opened, amended and submitted, and once more when it is approved. What is
// approved stays.
//
// Whoever dies on duty ends it: the report of their own body ends duty and cover on
// that day, and opens the claim.
//
// Days are reckoned where they count: that of an event in the zone of the
// officer's organisation, that of an act in the zone of whoever acts.
package claims
