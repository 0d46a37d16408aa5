package keys_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/jwt"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"naungan/internal/keys"
)

var now = time.Date(2024, 2, 14, 8, 0, 0, 0, time.UTC)

var claims = keys.Claims{
	ID:           uuid.MustParse("018d0000-0000-7000-8000-000000000001"),
	Subject:      uuid.MustParse("018d0000-0000-7000-8000-000000000002"),
	Organisation: uuid.MustParse("018d0000-0000-7000-8000-000000000003"),
	Kind:         "kpu",
	Level:        "regency",
	Area:         "61.06",
	TimeZone:     "Asia/Jakarta",
	Scopes:       []string{"officers:read", "officers:write"},
	ExpiresAt:    now.Add(15 * time.Minute),
}

func signed(t testing.TB, k *keys.Keys, c keys.Claims) string {
	t.Helper()
	token, err := k.Sign(c, now)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestASignedTokenGivesItsClaimsBack(t *testing.T) {
	k := made(t)
	national := claims
	national.Area, national.Scopes = "", []string{}
	for _, want := range []keys.Claims{claims, national} {
		got, err := k.Verify(signed(t, k, want), now)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
}

func TestATokenLivesUntilItExpires(t *testing.T) {
	k := made(t)
	token := signed(t, k, claims)
	for name, tt := range map[string]struct {
		at   time.Time
		want error
	}{
		"a second before the end":               {claims.ExpiresAt.Add(-time.Second), nil},
		"within the skew of clocks":             {claims.ExpiresAt.Add(5 * time.Second), nil},
		"a minute after the end":                {claims.ExpiresAt.Add(time.Minute), keys.ErrExpired},
		"a little before it was issued":         {now.Add(-5 * time.Second), nil},
		"a minute before it was issued, though": {now.Add(-time.Minute), keys.ErrToken},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := k.Verify(token, tt.at); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestATokenIsRefused(t *testing.T) {
	k := made(t)
	token := signed(t, k, claims)
	parts := strings.Split(token, ".")
	header, payload, signature := parts[0], parts[1], parts[2]
	unsigned, symmetric := segment(`{"alg":"none","typ":"at+jwt"}`), segment(`{"alg":"HS256","typ":"at+jwt"}`)
	forever := segment(`{"iss":"naungan","exp":9999999999}`)
	for name, token := range map[string]string{
		"when it is empty":                      "",
		"when it is no token":                   "a.b.c",
		"when its claims were changed":          header + "." + forever + "." + signature,
		"when its signature was cut off":        header + "." + payload + ".",
		"when it asks for no algorithm":         unsigned + "." + payload + ".",
		"when it asks for no algorithm, signed": unsigned + "." + payload + "." + signature,
		"when it asks for another algorithm":    symmetric + "." + payload + "." + signature,
		"when other keys signed it":             signed(t, made(t), claims),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := k.Verify(token, now)
			if !errors.Is(err, keys.ErrToken) || errors.Is(err, keys.ErrExpired) {
				t.Errorf("got %v, %v; want ErrToken", got, err)
			}
		})
	}
}

// Our key signing something else than a token for us must not be enough.
func TestATokenOfOurKeyIsRefused(t *testing.T) {
	doc, err := keys.Generate()
	if err != nil {
		t.Fatal(err)
	}
	k, signer := loaded(t, doc), signerOf(t, doc)
	text := func(s string) *string { return &s }
	for name, change := range map[string]func(*jwt.RawJWTOptions){
		"when another party issued it":    func(o *jwt.RawJWTOptions) { o.Issuer = text("somebody") },
		"when it is meant for others":     func(o *jwt.RawJWTOptions) { o.Audience = text("somebody") },
		"when it is no access token":      func(o *jwt.RawJWTOptions) { o.TypeHeader = text("JWT") },
		"when it never expires":           func(o *jwt.RawJWTOptions) { o.ExpiresAt, o.WithoutExpiration = nil, true },
		"when it has no claims of a kind": func(*jwt.RawJWTOptions) {},
	} {
		t.Run(name, func(t *testing.T) {
			options := &jwt.RawJWTOptions{
				TypeHeader: text("at+jwt"), Issuer: text("naungan"), Audience: text("naungan"),
				IssuedAt: &now, ExpiresAt: &claims.ExpiresAt,
			}
			change(options)
			raw, err := jwt.NewRawJWT(options)
			if err != nil {
				t.Fatal(err)
			}
			token, err := signer.SignAndEncode(raw)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := k.Verify(token, now); !errors.Is(err, keys.ErrToken) {
				t.Errorf("got %v, want ErrToken", err)
			}
		})
	}
}

func signerOf(t *testing.T, doc []byte) jwt.Signer {
	t.Helper()
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(doc, &parts); err != nil {
		t.Fatal(err)
	}
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(parts["token"])))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := jwt.NewSigner(h)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func TestTheJWKSHasNoPrivatePart(t *testing.T) {
	doc, err := made(t).JWKS()
	if err != nil {
		t.Fatal(err)
	}
	var set struct{ Keys []map[string]any }
	if err := json.Unmarshal(doc, &set); err != nil {
		t.Fatal(err)
	}
	if len(set.Keys) != 1 {
		t.Fatalf("%d keys, want 1", len(set.Keys))
	}
	public := []string{"alg", "crv", "key_ops", "kid", "kty", "use", "x", "y"}
	for name := range set.Keys[0] {
		if !slices.Contains(public, name) {
			t.Errorf("member %q is published", name)
		}
	}
	if set.Keys[0]["alg"] != "ES256" {
		t.Errorf("alg %v, want ES256", set.Keys[0]["alg"])
	}
}

func segment(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }

func FuzzVerify(f *testing.F) {
	k := made(f)
	token := signed(f, k, claims)
	f.Add(token)
	f.Add("..")
	f.Add(segment(`{"alg":"none"}`) + "." + strings.Split(token, ".")[1] + ".")
	f.Fuzz(func(t *testing.T, mutated string) {
		got, err := k.Verify(mutated, now)
		if err == nil && !reflect.DeepEqual(got, claims) {
			t.Errorf("verified %+v, which we did not sign", got)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	k := made(b)
	token := signed(b, k, claims)
	for b.Loop() {
		if _, err := k.Verify(token, now); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	k := made(b)
	for b.Loop() {
		signed(b, k, claims)
	}
}
