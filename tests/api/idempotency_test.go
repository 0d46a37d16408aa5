package api_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// made are the things of an answer that differ each time: ids and secrets.
var made = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|(?:nsk|ndl)_[A-Za-z0-9_-]{43}`)

// retold is an answer without what differs each time, and without dry_run.
func (a answer) retold(t *testing.T) string {
	t.Helper()
	o := a.object(t)
	delete(o, "dry_run")
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return made.ReplaceAllString(string(raw), "…")
}

// TestEveryWriteDoesWhatItsDryRunSaid goes through all writes of the contract: a
// dry run answers what the write then answers, and leaves no trace; the same key
// gives the same answer, and no second effect; another request under it is
// refused; and the key of another client is another key.
func TestEveryWriteDoesWhatItsDryRunSaid(t *testing.T) {
	t.Parallel()
	w := busy(t)
	writes := w.writes()
	for _, o := range operations() {
		if !o.writes() || o.OperationID == "receiveImport" { // its dry run is kept, to be read
			continue
		}
		write := writes[o.OperationID]
		t.Run(o.OperationID, func(t *testing.T) {
			do := write.call
			if o.takes("Idempotency-Key") {
				do = do.keyed()
			}
			before := w.contents()
			dry := write.by.send(do.dry())
			if dry.StatusCode >= 300 || dry.object(t)["dry_run"] != true {
				t.Fatalf("dry run: %d %s", dry.StatusCode, dry.raw)
			}
			if tables := changed(before, w.contents()); len(tables) > 0 {
				t.Errorf("a dry run changed %v", tables)
			}
			first := write.by.send(do)
			if first.StatusCode != dry.StatusCode || first.retold(t) != dry.retold(t) {
				t.Errorf("the dry run said %d %s\nit became %d %s", dry.StatusCode, dry.retold(t), first.StatusCode, first.retold(t))
			}
			if first.object(t)["dry_run"] == true {
				t.Error("what was done calls itself a dry run")
			}
			after := w.contents()
			if len(changed(before, after)) == 0 {
				t.Fatal("it changed nothing")
			}
			if o.takes("Idempotency-Key") {
				w.repeat(t, write, do, first)
				if tables := changed(after, w.contents()); len(tables) > 0 {
					t.Errorf("asking again changed %v", tables)
				}
			}
		})
	}
}

// repeat sends again what was answered before, and other things under its key.
func (w *world) repeat(t *testing.T, write write, do call, first answer) {
	t.Helper()
	again := write.by.send(do)
	if again.StatusCode != first.StatusCode || !bytes.Equal(again.raw, first.raw) || again.Header.Get("Idempotency-Replayed") != "true" {
		t.Errorf("asked again: %d %v\n%s\nfirst: %d\n%s", again.StatusCode, again.Header, again.raw, first.StatusCode, first.raw)
	}
	for _, name := range []string{"ETag", "Location", "Content-Type"} {
		if again.Header.Get(name) != first.Header.Get(name) {
			t.Errorf("asked again: %s %q, first %q", name, again.Header.Get(name), first.Header.Get(name))
		}
	}
	if first.Header.Get("Idempotency-Replayed") != "" {
		t.Error("the first answer calls itself a repetition")
	}
	other := do
	if write.other != nil {
		other.body = write.other
	} else {
		other.path = strings.ReplaceAll(do.path, strings.Split(do.path, "/")[3], uuid.NewString())
	}
	if got := write.by.send(other); got.StatusCode != 422 || got.code(t) != "idempotency_key_reused" {
		t.Errorf("another request under the key: %d %s", got.StatusCode, got.raw)
	}
	if got := write.by.another().send(do.dry()); got.Header.Get("Idempotency-Replayed") != "" || bytes.Equal(got.raw, first.raw) {
		t.Errorf("another client was given the answer: %d %s", got.StatusCode, got.raw)
	}
}

// TestFiftyAtOnceUnderOneKeyAreOneEffect: whatever the write, one of them does it;
// the others are given its answer, or asked to wait for it.
func TestFiftyAtOnceUnderOneKeyAreOneEffect(t *testing.T) {
	t.Parallel()
	w := busy(t)
	writes := w.writes()
	for _, o := range operations() {
		if !o.takes("Idempotency-Key") {
			continue
		}
		write := writes[o.OperationID]
		t.Run(o.OperationID, func(t *testing.T) {
			do := write.keyed()
			const effects = `select count(distinct request_id) from events` // one may be several events
			before := one[int](w.server, effects)
			var first []byte
			done := 0
			for _, a := range write.by.atOnce(50, do) {
				switch {
				case a.StatusCode == 409 && a.code(t) == "request_in_progress" && a.Header.Get("Retry-After") != "":
					continue
				case a.StatusCode == 503 && a.Header.Get("Retry-After") != "": // too many of one organisation at once
					continue
				case a.StatusCode == 409 && a.code(t) == "too_many_imports": // of which all but one come to nothing
					continue
				case a.StatusCode >= 300:
					t.Errorf("%d %s", a.StatusCode, a.raw)
					continue
				case a.Header.Get("Idempotency-Replayed") == "":
					done++
				}
				if first == nil {
					first = a.raw
				}
				if !bytes.Equal(a.raw, first) {
					t.Errorf("two answers to one request:\n%s\n%s", a.raw, first)
				}
			}
			if done != 1 {
				t.Errorf("done %d times", done)
			}
			if now := one[int](w.server, effects); now != before+1 {
				t.Errorf("%d effects, want one", now-before)
			}
			if got := write.by.send(do); got.Header.Get("Idempotency-Replayed") != "true" || !bytes.Equal(got.raw, first) {
				t.Errorf("afterwards: %d %s", got.StatusCode, got.raw)
			}
		})
	}
}

// TestMoneyDoesNotMoveWithoutAKey: where the contract requires a key there is no
// write without it, and a key is neither empty nor endless.
func TestMoneyDoesNotMoveWithoutAKey(t *testing.T) {
	t.Parallel()
	w := busy(t)
	writes, needed := w.writes(), 0
	before := w.contents()
	for _, o := range operations() {
		if !o.takes("Idempotency-Key") {
			continue
		}
		write := writes[o.OperationID]
		if o.needs("Idempotency-Key") {
			needed++
			if got := write.by.send(write.call); got.StatusCode != 400 || got.code(t) != "idempotency_key_missing" {
				t.Errorf("%s without a key: %d %s", o.OperationID, got.StatusCode, got.raw)
			}
		}
		got := write.by.send(write.under("Idempotency-Key", strings.Repeat("k", 256)))
		if got.StatusCode != 400 || !slices.Contains(got.faults(t), "Idempotency-Key too_long") {
			t.Errorf("%s with an endless key: %d %s", o.OperationID, got.StatusCode, got.raw)
		}
	}
	if needed != 9 {
		t.Errorf("%d operations need a key; issue, record, allocate twice, credit, pay, grant, disburse and commit do", needed)
	}
	if tables := changed(before, w.contents()); len(tables) > 0 {
		t.Errorf("refusals changed %v", tables)
	}
}

// TestAKeyMayHoldAnyBytesThatAHeaderMay: a database that keeps text as UTF-8 is no
// reason to fail.
func TestAKeyMayHoldAnyBytesThatAHeaderMay(t *testing.T) {
	t.Parallel()
	w := settle(t)
	for name, key := range map[string]string{"Latin-1": "kunci-\xe9", "UTF-8": "kunci-é", "a quote": `"7a1f"`, "a question mark": "a?b"} {
		t.Run(name, func(t *testing.T) {
			do := call{method: "POST", path: "/v1/officers", body: siti(len(key) + int(name[0]))}.under("Idempotency-Key", key)
			first := w.kpu.send(do)
			if first.StatusCode == 400 {
				return // refused is fair
			}
			first.must(t, 201)
			if again := w.kpu.send(do).must(t, 201); !bytes.Equal(first.raw, again.raw) {
				t.Errorf("%s\n%s", first.raw, again.raw)
			}
		})
	}
}

// TestARequestThatStillRunsIsNotRunTwice holds a key as a request that is not
// finished holds it.
func TestARequestThatStillRunsIsNotRunTwice(t *testing.T) {
	t.Parallel()
	w := settle(t)
	do := call{method: "POST", path: "/v1/officers", body: siti(1)}.under("Idempotency-Key", "slow")
	holder := clientOf(w.organisations["kpu"]).String() + ":slow"
	w.behind(func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtextextended($1, 1))`, holder); err != nil {
			return err
		}
		got := w.kpu.send(do).must(t, 409)
		same(t, "code", got.code(t), "request_in_progress")
		same(t, "Retry-After", got.Header.Get("Retry-After"), "1")
		_, err := conn.Exec(ctx, `select pg_advisory_unlock(hashtextextended($1, 1))`, holder)
		return err
	})
	w.kpu.send(do).must(t, 201)
}

// TestAKeyIsForgottenAfterSevenDays and not before.
func TestAKeyIsForgottenAfterSevenDays(t *testing.T) {
	t.Parallel()
	w := settle(t)
	client := object{"organisation_id": w.organisations["kpu"], "name": "SIAKBA", "scopes": []string{"officers:read"}}
	do := call{method: "POST", path: "/v1/api-clients", body: client}.under("Idempotency-Key", "k")
	first := w.kpu.send(do).must(t, 201).object(t)["client_id"]
	week := 7 * 24 * time.Hour
	w.at(today.Add(week - time.Second))
	same(t, "before the week is over", w.kpu.send(do).must(t, 201).object(t)["client_id"], first)
	w.at(today.Add(week))
	second := w.kpu.send(do).must(t, 201).object(t)["client_id"]
	if second == first {
		t.Error("the key was remembered for longer than seven days")
	}
	same(t, "kept answers", one[int](w.server, `select count(*) from idempotency_keys`), 1)
	same(t, "a moment later", w.kpu.send(do).must(t, 201).object(t)["client_id"], second)
}

// TestWhatFailedIsNotKept: a refused request may be mended and sent under the same
// key.
func TestWhatFailedIsNotKept(t *testing.T) {
	t.Parallel()
	w := settle(t)
	send := func(body any) answer {
		return w.kpu.send(call{method: "POST", path: "/v1/officers", body: body}.under("Idempotency-Key", "k"))
	}
	send(`{`).must(t, 400)
	send(siti(1, object{"nik": "610601"})).must(t, 422)
	w.kpu.post("/v1/officers", siti(2)).must(t, 201)
	send(siti(2)).must(t, 409)
	same(t, "kept answers", one[int](w.server, `select count(*) from idempotency_keys`), 0)
	send(siti(1)).must(t, 201)
	same(t, "kept answers", one[int](w.server, `select count(*) from idempotency_keys`), 1)
}

// TestTheOrderOfMembersDoesNotMakeAnotherRequest: the body is compared by what it
// says.
func TestTheOrderOfMembersDoesNotMakeAnotherRequest(t *testing.T) {
	t.Parallel()
	w := settle(t)
	send := func(body string) answer {
		return w.nation.send(call{method: "POST", path: "/v1/organisations", body: body}.under("Idempotency-Key", "k"))
	}
	first := send(`{"kind":"kpu","level":"regency","area_code":"61.07","name":"KPU","time_zone":"Asia/Jakarta"}`).must(t, 201)
	again := send(` { "time_zone" : "Asia\/Jakarta","name":"KPU","area_code":"61.07","level":"regency","kind":"kpu" }`).must(t, 201)
	same(t, "answer", string(again.raw), string(first.raw))
}

// TestSecretsRestSealed looks for a secret in everything the database holds.
func TestSecretsRestSealed(t *testing.T) {
	t.Parallel()
	w := settle(t)
	client := object{"organisation_id": w.organisations["kpu"], "name": "SIAKBA", "scopes": []string{"officers:read"}}
	made := w.kpu.pay("/v1/api-clients", client).must(t, 201).object(t)
	w.kpu.send(call{method: "POST", path: "/v1/officers", body: siti(1)}.keyed().under("Purpose", "registration")).must(t, 201)
	w.kpu.post("/v1/incidents", w.death(w.kpu.get("/v1/officers").items(t)[0]["id"].(string))).must(t, 422) // it lies ahead
	w.at(time.Date(2024, 11, 28, 9, 0, 0, 0, wib))
	w.kpu.pay("/v1/incidents", w.death(w.kpu.get("/v1/officers").items(t)[0]["id"].(string))).must(t, 201)
	secrets := []string{
		made["client_secret"].(string), siti(1)["nik"].(string), "81234567890", "siti@contoh.example", "Pingsan", "Wati Contoh", "81200000001",
	}
	dump := w.dump()
	for _, secret := range secrets {
		for form, written := range map[string]string{
			"as it is": secret, "in hexadecimal": fmt.Sprintf("%x", secret), "in base64": base64.StdEncoding.EncodeToString([]byte(secret)),
		} {
			if strings.Contains(dump, written) {
				t.Errorf("%s rests in the database %s", secret, form)
			}
		}
	}
	if !strings.Contains(dump, "Siti Contoh") {
		t.Error("the dump holds no names either; does it look in the right place?")
	}
}

// dump is everything the database holds, as text.
func (s *server) dump() string {
	s.t.Helper()
	var dump strings.Builder
	s.behind(func(ctx context.Context, conn *pgx.Conn) error {
		for table := range s.contents() {
			rows, err := conn.Query(ctx, fmt.Sprintf(`select t::text from %s t`, pgx.Identifier{table}.Sanitize()))
			if err != nil {
				return err
			}
			lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				return err
			}
			dump.WriteString(strings.Join(lines, "\n"))
		}
		return nil
	})
	return dump.String()
}

// TestAReplayThatShowsPersonalDataIsRecorded: whoever is given the same unmasked
// answer twice has read it twice.
func TestAReplayThatShowsPersonalDataIsRecorded(t *testing.T) {
	t.Parallel()
	w := settle(t)
	in := call{method: "POST", path: "/v1/officers", body: siti(1), header: map[string]string{"Idempotency-Key": "k", "Purpose": "verification"}}
	id := w.kpu.send(in).must(t, 201).id(t)
	again := w.kpu.send(in).must(t, 201)
	same(t, "replayed", again.Header.Get("Idempotency-Replayed"), "true")
	same(t, "shown", again.object(t)["personal_data"], "shown")
	same(t, "readings", w.events("personal_data_read", id), 2)
}
