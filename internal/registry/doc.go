// Package registry keeps the register: organisations, the clients that act for
// them, agreements, officers, and who is covered.
//
// It owns the verbs register, create, rotate, revoke, draft, amend, sign,
// terminate, appoint, end, enrol and cancel. It does not own rules (cover), what
// cover costs (tariff), nor invoices (billing).
//
// A verb takes a transaction, so that several make one change. It locks what it
// changes, asks the rules, writes, and records what happened.
package registry
