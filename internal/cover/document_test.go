package cover

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestEachStateOfADocumentAllowsWhatItSays(t *testing.T) {
	t.Parallel()
	sender, branch, now := uuid.New(), uuid.New(), time.Date(2024, 11, 29, 2, 0, 0, 0, time.UTC)
	for status, tt := range map[DocumentStatus]struct {
		read                           Code // why nobody reads it; empty if it is read
		scan, accept, reject, withdraw bool
	}{
		DocumentArriving:    {read: DocumentBeingScanned},
		DocumentScanning:    {read: DocumentBeingScanned, scan: true, withdraw: true},
		DocumentReceived:    {accept: true, reject: true, withdraw: true},
		DocumentQuarantined: {read: DocumentInQuarantine, withdraw: true},
		DocumentAccepted:    {reject: true},
		DocumentRejected:    {accept: true, withdraw: true},
		DocumentWithdrawn:   {read: DocumentIsWithdrawn},
	} {
		t.Run(string(status), func(t *testing.T) {
			t.Parallel()
			d := Document{Status: status, UploadedBy: sender, BranchID: uuid.NullUUID{UUID: branch, Valid: true}}
			if got := codeOf(d.MayBeRead()); got != tt.read {
				t.Errorf("to read it: %q, want %q", got, tt.read)
			}
			for verb, try := range map[string]struct {
				allowed bool
				do      func(*Document) error
				becomes DocumentStatus
			}{
				"scan":       {tt.scan, func(d *Document) error { return d.Scan(true) }, DocumentReceived},
				"quarantine": {tt.scan, func(d *Document) error { return d.Scan(false) }, DocumentQuarantined},
				"accept":     {tt.accept, func(d *Document) error { return d.Accept(branch, now) }, DocumentAccepted},
				"reject":     {tt.reject, func(d *Document) error { return d.Reject(branch, FlawForged, " x ", now) }, DocumentRejected},
				"withdraw":   {tt.withdraw, func(d *Document) error { return d.Withdraw(sender) }, DocumentWithdrawn},
			} {
				after := d
				err := try.do(&after)
				switch {
				case try.allowed && (err != nil || after.Status != try.becomes):
					t.Errorf("%s: %v, becomes %s", verb, err, after.Status)
				case !try.allowed && (codeOf(err) != DocumentWrongStatus || after.Status != status):
					t.Errorf("%s is not refused: %v, becomes %s", verb, err, after.Status)
				}
			}
		})
	}
}

func TestADocumentIsJudgedByTheBranchAndWithdrawnByWhoSentIt(t *testing.T) {
	t.Parallel()
	sender, branch, now := uuid.New(), uuid.New(), time.Date(2024, 11, 29, 2, 0, 0, 0, time.UTC)
	d := Document{Status: DocumentReceived, UploadedBy: sender, BranchID: uuid.NullUUID{UUID: branch, Valid: true}}
	for name, err := range map[string]error{
		"accepted by who sent it":        (&Document{Status: d.Status, BranchID: d.BranchID}).Accept(sender, now),
		"rejected by who sent it":        (&Document{Status: d.Status, BranchID: d.BranchID}).Reject(sender, FlawOther, "", now),
		"accepted where nobody covers":   (&Document{Status: d.Status}).Accept(branch, now),
		"accepted by nobody, unassigned": (&Document{Status: DocumentWithdrawn}).Accept(branch, now),
	} {
		if codeOf(err) != PartyRoleRequired {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := d.Withdraw(branch); codeOf(err) != UploaderRequired {
		t.Errorf("withdrawn by the branch: %v", err)
	}
	if err := d.Reject(branch, FlawForged, " Cap palsu. ", now); err != nil || d.FlawNote != "Cap palsu." || d.Flaw != FlawForged || !d.DecidedAt.Equal(now) {
		t.Errorf("rejected: %v, %+v", err, d)
	}
	if err := d.Accept(branch, now); err != nil || d.Flaw != "" || d.FlawNote != "" {
		t.Errorf("accepted after all: %v, %+v", err, d)
	}
}

func TestALinkEndsByTheClockByUseAndByItsMaker(t *testing.T) {
	t.Parallel()
	maker, now := uuid.New(), time.Date(2024, 11, 29, 2, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		link DocumentLink
		want DocumentLinkStatus
	}{
		"a new one":                 {DocumentLink{Uses: 1, ExpiresAt: now.Add(time.Minute)}, LinkActive},
		"a moment before its end":   {DocumentLink{Uses: 1, ExpiresAt: now.Add(1)}, LinkActive},
		"at its end":                {DocumentLink{Uses: 1, ExpiresAt: now}, LinkExpired},
		"one with a use left":       {DocumentLink{Uses: 3, Used: 2, ExpiresAt: now.Add(time.Minute)}, LinkActive},
		"one that is used up":       {DocumentLink{Uses: 3, Used: 3, ExpiresAt: now.Add(time.Minute)}, LinkUsedUp},
		"one that was withdrawn":    {DocumentLink{Uses: 1, ExpiresAt: now.Add(time.Minute), WithdrawnAt: &now}, LinkWithdrawn},
		"one that is all of it":     {DocumentLink{Uses: 1, Used: 1, ExpiresAt: now, WithdrawnAt: &now}, LinkWithdrawn},
		"one without uses, expired": {DocumentLink{ExpiresAt: now}, LinkUsedUp},
	} {
		l := tt.link
		l.MadeBy = maker
		if got := l.StatusAt(now); got != tt.want {
			t.Errorf("%s is %s, want %s", name, got, tt.want)
		}
		if err := l.Withdraw(uuid.New(), now); codeOf(err) != UploaderRequired {
			t.Errorf("%s, withdrawn by another: %v", name, err)
		}
		used, withdrawn := l, l
		useErr, withdrawErr := used.Use(now), withdrawn.Withdraw(maker, now)
		if tt.want == LinkActive {
			if useErr != nil || used.Used != l.Used+1 || withdrawErr != nil || withdrawn.StatusAt(now) != LinkWithdrawn {
				t.Errorf("%s: %v, %v", name, useErr, withdrawErr)
			}
			continue
		}
		if codeOf(useErr) != DocumentLinkOver || codeOf(withdrawErr) != DocumentLinkOver || used.Used != l.Used {
			t.Errorf("%s: %v, %v", name, useErr, withdrawErr)
		}
	}
}

func TestNoWordOfADocumentStandsTwice(t *testing.T) {
	t.Parallel()
	if len(slices.Compact(slices.Sorted(slices.Values(DocumentKinds)))) != len(DocumentKinds) {
		t.Error("a kind stands twice")
	}
	if slices.Contains(DocumentStatuses, DocumentArriving) {
		t.Error("what is on its way is seen")
	}
}

// codeOf is the code of a refusal; nothing for none.
func codeOf(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}
