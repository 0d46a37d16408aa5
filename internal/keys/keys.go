// Package keys holds the secrets of an installation and what they do: sealing
// personal data, indexing it so that it can be found again, and signing the
// tokens of API clients.
//
// It owns the key document and the shape of a token. It does not own where the
// document is kept (cmd/naungan), nor what a token's scopes allow (access).
//
// The document is one JSON object with three Tink keysets, "seal", "index" and
// "token". Each may hold several keys: the primary one writes, all of them read,
// so seal and token keys can be rotated by adding a key. The index key cannot be
// rotated without writing every index anew, because an index is only found with
// the key that made it.
package keys

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/jwt"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keys are the opened keys of one installation. They are safe for use by many
// goroutines.
type Keys struct {
	seal        tink.AEAD
	index       *prf.Set
	signer      jwt.Signer
	verifier    jwt.Verifier
	jwks        []byte
	fingerprint string
}

// document is the key document as it is written down.
type document struct {
	Seal  json.RawMessage `json:"seal"`
	Index json.RawMessage `json:"index"`
	Token json.RawMessage `json:"token"`
}

// Generate makes a new key document: AES256-GCM to seal, HMAC-SHA256 to index,
// ES256 to sign tokens. The document is secret in full.
func Generate() ([]byte, error) {
	seal, errSeal := newKeyset(keyset.NewHandle(aead.AES256GCMKeyTemplate()))
	index, errIndex := newKeyset(keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate()))
	token, errToken := newKeyset(keyset.NewHandle(jwt.ES256Template()))
	if err := errors.Join(errSeal, errIndex, errToken); err != nil {
		return nil, fmt.Errorf("generate keys: %w", err)
	}
	return json.Marshal(document{Seal: seal, Index: index, Token: token})
}

func newKeyset(h *keyset.Handle, err error) (json.RawMessage, error) {
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := insecurecleartextkeyset.Write(h, keyset.NewJSONWriter(&b)); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Load opens a key document. It refuses one in which a keyset is missing or is
// of another kind than its place asks for; no key appears in the error.
func Load(doc []byte) (*Keys, error) {
	var d document
	if err := json.Unmarshal(doc, &d); err != nil {
		return nil, errors.New("load keys: not a key document")
	}
	k := &Keys{}
	for _, part := range []struct {
		name   string
		keyset json.RawMessage
		open   func(*keyset.Handle) error
	}{
		{"seal", d.Seal, k.openSeal},
		{"index", d.Index, k.openIndex},
		{"token", d.Token, k.openToken},
	} {
		if err := open(part.keyset, part.open); err != nil {
			return nil, fmt.Errorf("load keys: keyset %q: %w", part.name, err)
		}
	}
	return k, nil
}

func open(written json.RawMessage, use func(*keyset.Handle) error) error {
	h, err := insecurecleartextkeyset.Read(keyset.NewJSONReader(bytes.NewReader(written)))
	if err != nil {
		return err
	}
	return use(h)
}

func (k *Keys) openSeal(h *keyset.Handle) (err error) {
	k.seal, err = aead.New(h)
	return err
}

func (k *Keys) openIndex(h *keyset.Handle) (err error) {
	if k.index, err = prf.NewPRFSet(h); err != nil {
		return err
	}
	// The leading NUL keeps the fingerprint apart from every indexed value.
	name, err := k.index.ComputePrimaryPRF([]byte("\x00fingerprint"), 8)
	k.fingerprint = hex.EncodeToString(name)
	return err
}

func (k *Keys) openToken(h *keyset.Handle) (err error) {
	if k.signer, err = jwt.NewSigner(h); err != nil {
		return err
	}
	public, err := h.Public()
	if err != nil {
		return err
	}
	if k.verifier, err = jwt.NewVerifier(public); err != nil {
		return err
	}
	k.jwks, err = jwt.JWKSetFromPublicKeysetHandle(public)
	return err
}

// Fingerprint names the index key without telling anything of it, so that a
// database written with other keys is noticed before anything is read from it.
func (k *Keys) Fingerprint() string { return k.fingerprint }

// Seal encrypts plain. What it returns opens only together with the same bind,
// which names the place it is kept in, by the id of its row say, so that a sealed
// value copied to another place is refused there.
func (k *Keys) Seal(plain, bind []byte) ([]byte, error) { return k.seal.Encrypt(plain, bind) }

// Open decrypts what Seal returned for the same bind. It refuses anything that
// was changed, bound to another place or sealed with a key we do not hold.
func (k *Keys) Open(sealed, bind []byte) ([]byte, error) { return k.seal.Decrypt(sealed, bind) }

// Index returns the name under which a value is looked up: the same for the
// same value and key, and of no use to anybody without the key. It is no RFC
// 9562 UUID, only sixteen bytes in the type that databases index well.
func (k *Keys) Index(value string) uuid.UUID {
	name, err := k.index.ComputePrimaryPRF([]byte(value), uint32(len(uuid.UUID{})))
	if err != nil {
		panic(fmt.Sprintf("keys: index: %v", err)) // Load has used this key already
	}
	return uuid.UUID(name)
}
