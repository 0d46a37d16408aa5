package cover_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

// Whoever mends a report goes through its faults one by one; asked again, they stand in
// the same order.
func TestWhatIsBlankIsToldInTheOrderOfTheReport(t *testing.T) {
	now := time.Date(2024, 12, 2, 9, 0, 0, 0, time.UTC)
	const want = "/place blank, /narrative blank, /notifier_name blank, /notifier_phone blank, /witnesses/0/full_name blank, " +
		"/witnesses/1/full_name blank, /care/facility blank, /disease/job blank, /disease/exposure blank, /disease/diagnosis blank"
	for range 20 {
		in := cover.Report{
			OfficerID: uuid.New(), Kind: cover.OccupationalDisease,
			Outcome: cover.Injured, OccurredAt: now, Account: cover.Account{
				Witnesses: []cover.Eyewitness{{}, {}}, Care: &cover.Care{AdmittedOn: date("2024-12-01")}, Disease: &cover.Disease{},
			},
		}
		if _, err := cover.Happen(in, &cover.Reference{}, now); told(err) != want {
			t.Fatalf("%q, want %q", told(err), want)
		}
	}
}
