package keys_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"naungan/internal/keys"
)

// made returns the keys of a new document.
func made(t testing.TB) *keys.Keys {
	t.Helper()
	doc, err := keys.Generate()
	if err != nil {
		t.Fatal(err)
	}
	return loaded(t, doc)
}

func loaded(t testing.TB, doc []byte) *keys.Keys {
	t.Helper()
	k, err := keys.Load(doc)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func sealed(t testing.TB, k *keys.Keys, plain, bind string) []byte {
	t.Helper()
	s, err := k.Seal([]byte(plain), []byte(bind))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatWasSealedOpensAgain(t *testing.T) {
	k := made(t)
	for _, plain := range []string{"", "3500000101900001", strings.Repeat("x", 10_000)} {
		got, err := k.Open(sealed(t, k, plain, "officers.nik"), []byte("officers.nik"))
		if err != nil || string(got) != plain {
			t.Errorf("opened %q, %v; want %q", got, err, plain)
		}
	}
}

func TestTheSameValueSealsDifferentlyEachTime(t *testing.T) {
	k := made(t)
	if bytes.Equal(sealed(t, k, "same", "here"), sealed(t, k, "same", "here")) {
		t.Error("sealing twice gave the same bytes")
	}
}

func TestASealedValueIsRefused(t *testing.T) {
	k := made(t)
	s := sealed(t, k, "3500000101900001", "officers.nik")
	flipped := bytes.Clone(s)
	flipped[len(flipped)-1] ^= 1
	for name, tt := range map[string]struct {
		keys   *keys.Keys
		sealed []byte
		bind   string
	}{
		"when a bit was changed":              {k, flipped, "officers.nik"},
		"when it was cut short":               {k, s[:len(s)-1], "officers.nik"},
		"when it was copied to another place": {k, s, "heirs.nik"},
		"when it was sealed with other keys":  {made(t), s, "officers.nik"},
		"when it is empty":                    {k, nil, "officers.nik"},
	} {
		t.Run(name, func(t *testing.T) {
			if plain, err := tt.keys.Open(tt.sealed, []byte(tt.bind)); err == nil {
				t.Errorf("opened %q", plain)
			}
		})
	}
}

func TestAnIndexDependsOnValueAndKeyAlone(t *testing.T) {
	doc, err := keys.Generate()
	if err != nil {
		t.Fatal(err)
	}
	k, again, other := loaded(t, doc), loaded(t, doc), made(t)
	if k.Index("a") != again.Index("a") {
		t.Error("the same document gave two indexes of one value")
	}
	if k.Index("a") == k.Index("b") {
		t.Error("two values share an index")
	}
	if k.Index("a") == other.Index("a") {
		t.Error("two documents gave the same index")
	}
}

func TestTheFingerprintNamesTheIndexKey(t *testing.T) {
	doc, err := keys.Generate()
	if err != nil {
		t.Fatal(err)
	}
	k, again := loaded(t, doc), loaded(t, doc)
	if len(k.Fingerprint()) != 16 || k.Fingerprint() != again.Fingerprint() {
		t.Errorf("fingerprints %q and %q", k.Fingerprint(), again.Fingerprint())
	}
	if k.Fingerprint() == made(t).Fingerprint() {
		t.Error("two documents share a fingerprint")
	}
}

func TestADocumentIsRefused(t *testing.T) {
	doc, err := keys.Generate()
	if err != nil {
		t.Fatal(err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(doc, &parts); err != nil {
		t.Fatal(err)
	}
	with := func(name string, keyset json.RawMessage) []byte {
		changed := map[string]json.RawMessage{"seal": parts["seal"], "index": parts["index"], "token": parts["token"]}
		changed[name] = keyset
		b, err := json.Marshal(changed)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, doc := range map[string][]byte{
		"when it is empty":                       nil,
		"when it is not JSON":                    []byte("secret"),
		"when a keyset is missing":               []byte(`{"seal": {}}`),
		"when the seal keyset cannot seal":       with("seal", parts["index"]),
		"when the index keyset cannot index":     with("index", parts["token"]),
		"when the token keyset cannot sign":      with("token", parts["seal"]),
		"when a keyset is of no kind whatsoever": with("token", json.RawMessage(`"x"`)),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := keys.Load(doc); err == nil {
				t.Error("loaded")
			} else if strings.Contains(err.Error(), "secret") {
				t.Errorf("the error shows the document: %v", err)
			}
		})
	}
}

func FuzzOpen(f *testing.F) {
	k := made(f)
	f.Add(sealed(f, k, "plain", "bind"), []byte("bind"))
	f.Add([]byte{}, []byte{})
	f.Add([]byte{1, 0, 0, 0, 0}, []byte("bind"))
	f.Fuzz(func(t *testing.T, sealed, bind []byte) {
		plain, err := k.Open(sealed, bind)
		if err == nil && string(plain) != "plain" {
			t.Errorf("opened %q from bytes we did not seal", plain)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	k, plain, bind := made(b), []byte("3500000101900001"), []byte("officers.nik")
	for b.Loop() {
		if _, err := k.Seal(plain, bind); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	k, bind := made(b), []byte("officers.nik")
	s := sealed(b, k, "3500000101900001", "officers.nik")
	for b.Loop() {
		if _, err := k.Open(s, bind); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkIndex(b *testing.B) {
	k := made(b)
	for b.Loop() {
		k.Index("3500000101900001")
	}
}
