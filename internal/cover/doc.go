// Package cover holds the nouns of the business and the rules that are true of
// them whoever asks: organisations, agreements, officers, coverage periods,
// invoices, payments, incidents and claims.
//
// It owns value types, states, rules and the codes of every refusal. It does
// not own rates (tariff), storage (store), nor words for people (api): a rule
// answers with a code and parameters, and the door puts it into Indonesian or
// English.
//
// The words of the business:
//
//   - An officer is one person on one duty: a position in an area for a term.
//   - An agreement (PKS) is the contract under which officers are covered; its
//     parties are the organiser (the election body), the payer and the branch
//     (the BPJS office).
//   - A coverage period says that an officer is covered under an agreement from
//     one day to another, on a frozen wage base.
//   - A contribution is what is owed for one covered officer and one month; an
//     invoice gathers the contributions of one agreement and month.
//   - JKK is work-accident cover, JKM is death cover.
//   - A deadline is one clock of the law that runs for somebody: what is owed, by
//     whom, until when. A clock is the rule it runs by (tariff).
//   - The segment says which tariff holds: pu (wage earners) or bpu (others).
package cover
