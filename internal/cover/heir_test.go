package cover_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/cover"
)

var account = cover.BankAccount{Number: "1234567890", Name: "Contoh", Bank: "Bank Contoh"}

// Heirs are paid by rank: who is lower waits until every higher rank is empty (PP
// 44/2015, arts 37 and 40).
func TestHeirsReceiveByRank(t *testing.T) {
	today := date("2024-12-02")
	adult := cover.Kin{BornOn: date("1985-08-05"), Account: account}
	heir := func(r cover.HeirRelation) cover.Heir { return cover.Heir{ID: uuid.New(), Relation: r, Kin: adult} }
	for n, r := range cover.HeirRelations {
		for m, before := range cover.HeirRelations {
			payee, other := heir(r), heir(before)
			var f cover.Faults
			cover.CheckPayee(payee.ID, []cover.Heir{payee, other}, today, &f)
			want := ""
			if before.Rank() < r.Rank() {
				want = "/payee_id heir_outranked"
			}
			if got := told(f.Err()); got != want {
				t.Errorf("%s beside %s: %v", r, before, f)
			}
			if m < n && before.Rank() > r.Rank() {
				t.Errorf("%s stands before %s", before, r)
			}
		}
	}
	for name, tt := range map[string]struct {
		change func(*cover.Heir)
		want   string
	}{
		"an heir of age":                    {nil, ""},
		"of age today":                      {func(h *cover.Heir) { h.Kin.BornOn = date("2006-12-02") }, ""},
		"not of age until tomorrow":         {func(h *cover.Heir) { h.Kin.BornOn = date("2006-12-03") }, "/payee_id guardian_missing"},
		"a child with a guardian":           {func(h *cover.Heir) { h.Kin.BornOn, h.Kin.Guardian = date("2020-01-01"), &cover.Guardian{} }, ""},
		"nobody knows where to pay":         {func(h *cover.Heir) { h.Kin.Account.Number = "" }, "/payee_id account_missing"},
		"somebody who was found to be none": {func(h *cover.Heir) { h.StruckAt = &time.Time{} }, "/payee_id heir_unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			h := heir(cover.HeirChild)
			if tt.change != nil {
				tt.change(&h)
			}
			var f cover.Faults
			cover.CheckPayee(h.ID, []cover.Heir{h}, today, &f)
			if got := told(f.Err()); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnHeirIsNamedAsTheLawKnowsThem(t *testing.T) {
	today := date("2024-12-02")
	for name, tt := range map[string]struct {
		outcome cover.IncidentOutcome
		heir    cover.Heir
		want    string
	}{
		"a spouse":                {cover.Died, cover.Heir{Relation: cover.HeirSpouse, Kin: cover.Kin{FullName: "Budi", NIK: "9906010508850013", BornOn: date("1985-08-05")}}, ""},
		"a newborn without a NIK": {cover.Died, cover.Heir{Relation: cover.HeirChild, Kin: cover.Kin{FullName: "Ani", BornOn: today}}, ""},
		"not born yet":            {cover.Died, cover.Heir{Relation: cover.HeirChild, Kin: cover.Kin{FullName: "Ani", BornOn: today.Add(1)}}, "/born_on in_the_future"},
		"nobody":                  {cover.Died, cover.Heir{Relation: cover.HeirChild, Kin: cover.Kin{FullName: "  ", BornOn: today}}, "/full_name blank"},
		"a NIK that is none":      {cover.Died, cover.Heir{Relation: cover.HeirSpouse, Kin: cover.Kin{FullName: "Budi", NIK: "1", BornOn: date("1985-08-05")}}, "/nik nik_invalid"},
		"a guardian of somebody of age": {cover.Died, cover.Heir{Relation: cover.HeirSpouse, Kin: cover.Kin{
			FullName: "Budi", BornOn: date("1985-08-05"), Guardian: &cover.Guardian{FullName: "Wati", NIK: "9906014508890012", Phone: "0812"},
		}}, "/guardian guardian_not_expected"},
		"a guardian without a number": {cover.Died, cover.Heir{Relation: cover.HeirChild, Kin: cover.Kin{
			FullName: "Ani", BornOn: today, Guardian: &cover.Guardian{FullName: "Wati", Phone: "0812"},
		}}, "/guardian/nik nik_invalid"},
		"the child of who is disabled for good": {cover.Disabled, cover.Heir{Relation: cover.HeirChild, Kin: cover.Kin{FullName: "Ani", BornOn: today}}, ""},
		"but nobody else of theirs":             {cover.Disabled, cover.Heir{Relation: cover.HeirSpouse, Kin: cover.Kin{FullName: "Budi", BornOn: today}}, "/relation officer_lives"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := told(tt.heir.Check(cover.Incident{Outcome: tt.outcome}, today)); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
		})
	}
	h := cover.Heir{Relation: cover.HeirSpouse}
	if err := h.Check(cover.Incident{Outcome: cover.Injured}, today); code(err) != cover.OfficerLives {
		t.Errorf("an heir of who lives: %v", err)
	}
}

// What is changed of an heir takes the papers with it that proved it, and no others.
func TestWhatIsChangedOutdatesItsPapers(t *testing.T) {
	account, guardian := []cover.DocumentKind{cover.BankAccountProof}, []cover.DocumentKind{cover.GuardianshipLetter}
	for name, tt := range map[string]struct {
		change func(*cover.Kin)
		want   []cover.DocumentKind
		other  bool
	}{
		"nothing":                 {func(*cover.Kin) {}, nil, false},
		"a telephone":             {func(k *cover.Kin) { k.Phone = "1" }, nil, false},
		"a guardian's telephone":  {func(k *cover.Kin) { k.Guardian.Phone = "1" }, nil, false},
		"a guardian":              {func(k *cover.Kin) { k.Guardian.NIK = "3515014508900002" }, guardian, false},
		"no guardian any more":    {func(k *cover.Kin) { k.Guardian = nil }, guardian, false},
		"a bank":                  {func(k *cover.Kin) { k.Account.Bank = "BNI" }, account, false},
		"whose account it is":     {func(k *cover.Kin) { k.Account.Name = "Tuti" }, account, false},
		"an account":              {func(k *cover.Kin) { k.Account.Number = "2" }, account, false},
		"no account any more":     {func(k *cover.Kin) { k.Account = cover.BankAccount{} }, account, false},
		"the person":              {func(k *cover.Kin) { k.FullName = "Tuti" }, nil, true},
		"the day they were born":  {func(k *cover.Kin) { k.BornOn = date("1990-01-06") }, nil, true},
		"the number of a newborn": {func(k *cover.Kin) { k.NIK = "3515014508900001" }, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			known := func() cover.Kin {
				return cover.Kin{
					FullName: "Sari", Account: cover.BankAccount{Number: "1", Name: "Sari", Bank: "BRI"},
					Guardian: &cover.Guardian{FullName: "Endah", NIK: "3515014508900001", Phone: "0"},
				}
			}
			now := known()
			tt.change(&now)
			if got := now.Outdates(known()); !slices.Equal(got, tt.want) || now.IsOther(known()) != tt.other {
				t.Errorf("%v, somebody else: %v", got, now.IsOther(known()))
			}
		})
	}
}

// A requirement is met by the best paper of its kind, heir and rank.
func TestARequirementIsMetByTheBestPaper(t *testing.T) {
	heir := uuid.NullUUID{UUID: uuid.New(), Valid: true}
	paper := func(s cover.DocumentStatus, change ...func(*cover.Document)) cover.Document {
		d := cover.Document{ID: uuid.New(), Kind: "death_certificate", Status: s}
		for _, c := range change {
			c(&d)
		}
		return d
	}
	for name, tt := range map[string]struct {
		needs  cover.Requirement
		papers []cover.Document
		want   cover.RequirementStatus
		n      int
	}{
		"nothing is there":                      {want: cover.RequirementMissing},
		"one is attached":                       {papers: []cover.Document{paper(cover.DocumentReceived)}, want: cover.RequirementAttached, n: 1},
		"one is being scanned":                  {papers: []cover.Document{paper(cover.DocumentScanning)}, want: cover.RequirementAttached, n: 1},
		"one was rejected, and one comes after": {papers: []cover.Document{paper(cover.DocumentRejected), paper(cover.DocumentReceived)}, want: cover.RequirementAttached, n: 2},
		"one was accepted":                      {papers: []cover.Document{paper(cover.DocumentAccepted), paper(cover.DocumentRejected)}, want: cover.RequirementAccepted, n: 2},
		"one was rejected":                      {papers: []cover.Document{paper(cover.DocumentRejected)}, want: cover.RequirementRejected, n: 1},
		"what is in quarantine is not there":    {papers: []cover.Document{paper(cover.DocumentQuarantined)}, want: cover.RequirementMissing},
		"what was withdrawn is not there":       {papers: []cover.Document{paper(cover.DocumentWithdrawn)}, want: cover.RequirementMissing},
		"a paper of another kind":               {papers: []cover.Document{paper(cover.DocumentReceived, func(d *cover.Document) { d.Kind = "other" })}, want: cover.RequirementMissing},
		"an heir's own paper":                   {needs: cover.Requirement{HeirID: heir}, papers: []cover.Document{paper(cover.DocumentReceived, func(d *cover.Document) { d.HeirID = heir })}, want: cover.RequirementAttached, n: 1},
		"another's paper":                       {needs: cover.Requirement{HeirID: heir}, papers: []cover.Document{paper(cover.DocumentReceived)}, want: cover.RequirementMissing},
		"an heir's, where it is no heir's":      {papers: []cover.Document{paper(cover.DocumentReceived, func(d *cover.Document) { d.HeirID = heir })}, want: cover.RequirementMissing},
		"of what was changed since":             {papers: []cover.Document{paper(cover.DocumentAccepted, func(d *cover.Document) { d.OutdatedAt = new(time.Time) })}, want: cover.RequirementMissing},
		"of another rank":                       {needs: cover.Requirement{Rank: 1}, papers: []cover.Document{paper(cover.DocumentReceived, func(d *cover.Document) { d.Rank = 2 })}, want: cover.RequirementMissing},
	} {
		t.Run(name, func(t *testing.T) {
			r := tt.needs
			r.DocumentKind = "death_certificate"
			r.Meet(tt.papers)
			if r.Status != tt.want || len(r.DocumentIDs) != tt.n {
				t.Errorf("%s by %d, want %s by %d", r.Status, len(r.DocumentIDs), tt.want, tt.n)
			}
		})
	}
}
