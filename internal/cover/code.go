package cover

// The codes of refusals that any request may meet.
const (
	RuleBroken Code = "rule_broken"
)
