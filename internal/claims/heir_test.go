package claims_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"naungan/internal/access"
	"naungan/internal/claims"
	"naungan/internal/cover"
	"naungan/internal/store"
)

// Each rank is paid only if those before it are empty, which a paper says of each.
func TestHeirsReceiveInTheOrderOfTheLaw(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	ranks := map[cover.HeirRelation]int{
		cover.HeirSpouse: 1, cover.HeirChild: 1, cover.HeirParent: 2, cover.HeirGrandchild: 2, cover.HeirGrandparent: 2, cover.HeirSibling: 3,
		cover.HeirParentInLaw: 4, cover.HeirByTestament: 5, cover.HeirArranger: 6,
	}
	for relation, rank := range ranks {
		t.Run(string(relation), func(t *testing.T) {
			w := w.in(t)
			i, err := w.conclude(w.kpu, w.died(), cover.Died)
			w.must(err)
			h := w.named(i, heir(relation))
			c := w.paidTo(w.claimOf(i), h)
			want := cover.Rupiah(84_400_000)
			if relation == cover.HeirArranger { // the funeral alone; the rest stays in the fund
				want = 10_000_000
			}
			if c.Amount != want {
				t.Errorf("%d, want %d", c.Amount, want)
			}
			explained(t, c)
			empty, testament := 0, false
			for _, r := range w.needed(c) {
				if r.DocumentKind == cover.NoHeirsStatement && r.Mandatory {
					empty++
				}
				testament = testament || r.DocumentKind == cover.Testament && r.Mandatory && r.HeirID.UUID == h.ID
			}
			if empty != rank-1 || testament != (relation == cover.HeirByTestament) {
				t.Errorf("%d ranks are to be shown empty, a testament %v", empty, testament)
			}
			w.prove(c)
			for other, before := range ranks {
				if before >= rank {
					continue
				}
				first := w.named(i, heir(other))
				_, err := w.submit(w.kpu, c)
				refused(t, err, cover.Invalid, cover.HeirOutranked, "/payee_id")
				w.must(w.strike(w.kpu, first))
			}
			w.must(errOf(w.submit(w.kpu, c)))
		})
	}
}

// A paper says of one rank that it is empty: the same of another says nothing of it.
func TestAStatementSaysOfOneRankThatItIsEmpty(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, err := w.conclude(w.kpu, w.died(), cover.Died)
	w.must(err)
	c := w.paidTo(w.claimOf(i), w.named(i, heir(cover.HeirSibling)))
	w.paper(i.ID, cover.Requirement{DocumentKind: cover.NoHeirsStatement, Rank: 2}, cover.DocumentReceived)
	stands := map[int]cover.RequirementStatus{}
	for _, r := range w.needed(c) {
		if r.DocumentKind == cover.NoHeirsStatement {
			stands[r.Rank] = r.Status
		}
	}
	want := map[int]cover.RequirementStatus{1: cover.RequirementMissing, 2: cover.RequirementAttached}
	if !reflect.DeepEqual(stands, want) {
		t.Errorf("%v, want %v", stands, want)
	}
}

// A child receives by its guardian, whose papers are the child's own.
func TestAMinorReceivesByAGuardian(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i, err := w.conclude(w.kpu, w.died(), cover.Died)
	w.must(err)
	young := w.named(i, child("2006-11-30")) // eighteen tomorrow
	elder := w.named(i, child("2006-11-29"))
	c := w.paidTo(w.claimOf(i), elder)
	w.prove(c)
	for _, r := range w.needed(c) {
		if r.DocumentKind == cover.GuardianshipLetter {
			t.Errorf("who is of age needs %+v", r)
		}
	}
	c = w.paidTo(c, young)
	w.paper(i.ID, cover.Requirement{DocumentKind: cover.GuardianshipLetter}, cover.DocumentReceived) // of nobody in particular
	_, err = w.submit(w.kpu, c)
	refused(t, err, cover.Invalid, cover.GuardianMissing, "/payee_id")
	refused(t, err, cover.Invalid, cover.RequirementUnmet, "/requirements")
	w.do(w.kpu, func(tx *store.Tx) error {
		return errOf(claims.AmendHeir(tx, i.ID, young.ID, 0, func(k *cover.Kin) { k.Guardian = guarded(young).Kin.Guardian }))
	})
	w.prove(c)
	w.must(errOf(w.submit(w.kpu, c)))
	w.happened(young.ID, cover.HeirNamed, cover.HeirAmended)
}

func TestWhoMayBeNamedAnHeir(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.died()
	o := w.covered(1_300_000, "2024-05-26", "2025-01-27")
	hurt := w.reported(accident(o, "2024-11-28T02:40:00+07:00"))
	lame, err := w.conclude(w.kpu, w.reported(accident(o, "2024-11-28T03:40:00+07:00")), cover.Disabled)
	w.must(err)
	w.must(errOf(w.name(w.kpu, lame, child("2015-01-01"))))
	above := w.organisation(cover.KPU, province, "35", "Asia/Jakarta")
	for name, tt := range map[string]struct {
		who     access.Actor
		of      cover.Incident
		heir    cover.Heir
		kind    cover.Kind
		want    cover.Code
		pointer []string
	}{
		"of who lives":                     {w.kpu, hurt, heir(cover.HeirSpouse), cover.Conflict, cover.OfficerLives, nil},
		"of who is disabled, but a child":  {w.kpu, lame, heir(cover.HeirSpouse), cover.Invalid, cover.OfficerLives, []string{"/relation"}},
		"by the branch":                    {w.branch, i, heir(cover.HeirSpouse), cover.Forbidden, cover.PartyRoleRequired, nil},
		"by those above":                   {above, i, heir(cover.HeirSpouse), cover.Forbidden, cover.PartyRoleRequired, nil},
		"by the payer":                     {w.payer, i, heir(cover.HeirSpouse), cover.NotFound, cover.ResourceUnknown, nil},
		"not born yet":                     {w.kpu, i, child("2024-11-30"), cover.Invalid, cover.InTheFuture, []string{"/born_on"}},
		"of age, with a guardian":          {w.kpu, i, guarded(heir(cover.HeirSpouse)), cover.Invalid, cover.GuardianNotExpected, []string{"/guardian"}},
		"without a name, by nobody at all": {w.kpu, i, cover.Heir{Relation: cover.HeirSpouse, Kin: cover.Kin{FullName: " ", NIK: "1", Guardian: &cover.Guardian{}}}, cover.Invalid, cover.Blank, []string{"/full_name", "/guardian/full_name", "/guardian/phone"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.in(t).name(tt.who, tt.of, tt.heir)
			refused(t, err, tt.kind, tt.want, tt.pointer...)
		})
	}
}

// A person is named once, and a family has an end.
func TestAnHeirIsNamedOnce(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.died()
	known := heir(cover.HeirSpouse)
	known.Kin.NIK = "3515014508900001"
	first := w.named(i, known)
	refused(t, errOf(w.name(w.kpu, i, known)), cover.Conflict, cover.HeirTaken, "/nik")
	w.must(w.strike(w.kpu, first))
	again := w.named(i, known)
	other := w.named(i, child("2001-02-03"))
	refused(t, w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error {
		return errOf(claims.AmendHeir(tx, i.ID, other.ID, 0, func(k *cover.Kin) { k.NIK = known.Kin.NIK }))
	}), cover.Conflict, cover.HeirTaken, "/nik")
	w.must(w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error {
		return errOf(claims.AmendHeir(tx, i.ID, again.ID, 0, func(k *cover.Kin) { k.FullName = "Sari Contoh Dewi" }))
	}))
	nameless := child("2001-02-03")
	nameless.Kin.FullName = strings.ToUpper(other.Kin.FullName)
	refused(t, errOf(w.name(w.kpu, i, nameless)), cover.Conflict, cover.HeirTaken, "/full_name")
	for range cover.MostHeirs - 2 {
		w.named(i, child("2001-02-03"))
	}
	refused(t, errOf(w.name(w.kpu, i, child("2001-02-03"))), cover.Conflict, cover.TooManyHeirs)
}

// Whom a claim names stays, whatever becomes of it but that it came to nothing. What is
// written of them, such as where they are paid, stays while the branch has the claim in
// hand, and who they are once it was submitted.
func TestAnHeirWhomAClaimNamesStays(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.ready(w.died())
	payee := cover.Heir{ID: c.PayeeID.UUID, IncidentID: c.IncidentID}
	amend := func(h cover.Heir, change func(*cover.Kin)) error {
		return w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error {
			return errOf(claims.AmendHeir(tx, h.IncidentID, h.ID, 0, change))
		})
	}
	account := func(k *cover.Kin) { k.Account.Number += "0" }
	person := func(k *cover.Kin) { k.FullName += " Putri" }
	for _, step := range []struct {
		status  cover.ClaimStatus
		next    func() (cover.Claim, error)
		account bool
		person  bool
	}{
		{cover.ClaimDraft, func() (cover.Claim, error) { w.prove(c); return w.submit(w.kpu, w.read(c)) }, true, true},
		{cover.ClaimSubmitted, func() (cover.Claim, error) { return w.returns(w.branch, c) }, false, false},
		{cover.ClaimIncomplete, func() (cover.Claim, error) { w.prove(c); return w.submit(w.kpu, w.read(c)) }, true, false},
		{cover.ClaimSubmitted, func() (cover.Claim, error) { return w.verify(colleague(w.branch), c) }, false, false},
		{cover.ClaimVerified, func() (cover.Claim, error) { return w.approve(w.branch, c) }, false, false},
		{cover.ClaimApproved, func() (cover.Claim, error) { return w.pay(w.branch, c, "2024-11-29") }, false, false},
		{cover.ClaimPaid, nil, true, false},
	} {
		if got := w.read(c).Status; got != step.status {
			t.Fatalf("it is %s, want %s", got, step.status)
		}
		refused(t, w.strike(w.kpu, payee), cover.Conflict, cover.HeirClaimed)
		for _, change := range []struct {
			to  func(*cover.Kin)
			may bool
		}{{account, step.account}, {person, step.person}} {
			if err := amend(payee, change.to); change.may {
				w.must(err)
			} else {
				refused(t, err, cover.Conflict, cover.HeirClaimed)
			}
		}
		w.must(amend(payee, func(*cover.Kin) {})) // nothing of it
		if step.next != nil {
			w.must(errOf(step.next()))
		}
	}
}

// Papers prove what they were sent for: of another account they prove nothing, and the
// person of whom one was accepted is nobody else, whatever became of the claim.
func TestPapersOfAnHeirProveWhatTheyWereSentFor(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.ready(w.died())
	amend := func(change func(*cover.Kin)) error {
		return w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error {
			return errOf(claims.AmendHeir(tx, c.IncidentID, c.PayeeID.UUID, 0, change))
		})
	}
	stands := func(kind cover.DocumentKind) (status cover.RequirementStatus) {
		for _, r := range w.needed(c) {
			if r.DocumentKind == kind && r.HeirID == c.PayeeID {
				status = r.Status
			}
		}
		return status
	}
	w.must(amend(func(k *cover.Kin) { k.Phone = "081200000019" }))
	if got := stands(cover.BankAccountProof); got != cover.RequirementAttached {
		t.Errorf("by another telephone the account is %s", got)
	}
	w.must(amend(func(k *cover.Kin) { k.Account.Bank = "Bank Lain" }))
	if got := stands(cover.BankAccountProof); got != cover.RequirementMissing {
		t.Errorf("another account is %s", got)
	}
	if got := stands(cover.IdentityCard); got != cover.RequirementAttached {
		t.Errorf("the card is %s", got)
	}
	_, err := w.submit(w.kpu, c)
	refused(t, err, cover.Invalid, cover.RequirementUnmet, "/requirements")
	w.paper(c.IncidentID, cover.Requirement{DocumentKind: cover.BankAccountProof, HeirID: c.PayeeID}, cover.DocumentReceived)
	c, err = w.submit(w.kpu, c)
	w.must(err)
	paid := w.granted(c)
	w.must(errOf(w.pay(w.branch, paid, "2024-11-29")))
	w.now = w.now.Add(time.Hour)
	w.must(amend(func(k *cover.Kin) { k.Account.Number += "1" }))
	if c = w.read(c); stands(cover.BankAccountProof) != cover.RequirementAttached {
		t.Error("what was paid rests on nothing")
	}
}

// Whom the branch has seen proved is nobody else, though no claim names them.
func TestAnHeirOfWhomAPaperWasAcceptedStays(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	h := w.named(w.died(), heir(cover.HeirSpouse))
	change := func(h cover.Heir, change func(*cover.Kin)) error {
		return w.store.InTx(t.Context(), w.kpu, func(tx *store.Tx) error {
			return errOf(claims.AmendHeir(tx, h.IncidentID, h.ID, 0, change))
		})
	}
	card := cover.Requirement{DocumentKind: cover.IdentityCard, HeirID: uuid.NullUUID{UUID: h.ID, Valid: true}}
	w.paper(h.IncidentID, card, cover.DocumentReceived)
	w.must(change(h, func(k *cover.Kin) { k.FullName += " Putri" }))
	w.must(change(h, func(k *cover.Kin) { k.NIK = "3515014508900002" }))
	w.paper(h.IncidentID, card, cover.DocumentAccepted)
	for _, other := range []func(*cover.Kin){
		func(k *cover.Kin) { k.FullName += " Dewi" }, func(k *cover.Kin) { k.NIK = "3515014508900001" }, func(k *cover.Kin) { k.BornOn = day("1990-01-06") },
	} {
		refused(t, change(h, other), cover.Conflict, cover.HeirClaimed)
	}
	w.must(w.strike(w.kpu, h))
}

// A claim that came to nothing lets go of whom it named; who was struck out receives
// nothing.
func TestAnHeirIsStruckOnce(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	c := w.ready(w.died())
	i := cover.Incident{ID: c.IncidentID}
	other := w.named(i, child("2015-01-01"))
	w.must(w.strike(w.kpu, other))
	refused(t, w.strike(w.kpu, other), cover.Conflict, cover.HeirIsStruck)
	w.happened(other.ID, cover.HeirNamed, cover.HeirStruck)
	c = w.paidTo(c, other)
	_, err := w.submit(w.kpu, c)
	refused(t, err, cover.Invalid, cover.HeirUnknown, "/payee_id")
	payee := w.named(i, heir(cover.HeirChild))
	c = w.paidTo(c, payee)
	refused(t, w.strike(w.kpu, payee), cover.Conflict, cover.HeirClaimed)
	w.must(errOf(w.withdraw(w.kpu, c)))
	w.must(w.strike(w.kpu, payee))
}

// What is personal of an heir is sealed to its row.
func TestAnHeirIsSealed(t *testing.T) {
	w := given(t, "Asia/Jakarta")
	i := w.died()
	one := heir(cover.HeirSpouse)
	one.Kin.Phone = "081200000009"
	one = w.named(i, one)
	other := w.named(i, heir(cover.HeirParent))
	var sealed []byte
	w.must(w.db.QueryRow(t.Context(), `select kin from heirs where id = $1`, one.ID).Scan(&sealed))
	for _, word := range []string{one.Kin.FullName, one.Kin.Phone, "1990-01-05", "BRI"} {
		if bytes.Contains(sealed, []byte(word)) {
			t.Errorf("%q lies open", word)
		}
	}
	read, err := w.store.Read(t.Context(), w.kpu).Heir(i.ID, one.ID)
	if w.must(err); !reflect.DeepEqual(read.Kin, one.Kin) {
		t.Errorf("read back %+v", read.Kin)
	}
	w.sql(`update heirs set kin = $1 where id = $2`, sealed, other.ID)
	if _, err := w.store.Read(t.Context(), w.kpu).Heir(i.ID, other.ID); err == nil {
		t.Error("what is personal of another heir was opened")
	}
}
