package documents

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"naungan/internal/cover"
)

const (
	pdf  = "%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
	jpeg = "\xff\xd8\xff\xe0\x00\x10JFIF\x00 … \xff\xd9"
	png  = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR … IEND\xaeB`\x82"
	webp = "RIFF\x24\x00\x00\x00WEBPVP8 …"
)

// zip is the end of an archive with a comment.
func zip(comment string) string {
	return "PK\x05\x06" + strings.Repeat("\x00", 16) + string([]byte{byte(len(comment)), byte(len(comment) >> 8)}) + comment
}

// inspected is what is said of a file that comes in pieces of a size.
func inspected(media, content string, size int) error {
	look := inspector{declared: media}
	for rest := []byte(content); len(rest) > 0; {
		n := min(size, len(rest))
		if err := look.see(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return look.end()
}

func TestAFileIsOneThingAndWhatItIsSaidToBe(t *testing.T) {
	t.Parallel()
	const media = "application/pdf image/jpeg image/png image/webp"
	long := strings.Repeat("x", 1<<18)
	for name, tt := range map[string]struct {
		media, content string
		code           cover.Code
	}{
		"a PDF":                               {"application/pdf", pdf, ""},
		"a photograph":                        {"image/jpeg", jpeg, ""},
		"a photograph with a maker's trailer": {"image/jpeg", jpeg + "SEFHe\x00\x00\x00SEFT", ""},
		"a picture":                           {"image/png", png, ""},
		"a picture of the other kind":         {"image/webp", webp, ""},
		"a photograph with its history":       {"image/jpeg", jpeg + "<x:xmpmeta><rdf:RDF/></x:xmpmeta>", ""},
		"a PDF that holds a page far inside":  {"application/pdf", pdf + long + "<html>" + long, ""},
		"a PDF that holds an archive inside":  {"application/pdf", pdf + zip("") + long, ""},
		"a PDF that begins again":             {"application/pdf", pdf + long + "%PDF-1.7", ""},

		"nothing":                          {"application/pdf", "", cover.DocumentNotItsType},
		"a page":                           {"application/pdf", "<!DOCTYPE html><script>alert(1)</script>", cover.DocumentNotItsType},
		"a drawing":                        {"image/png", `<svg xmlns="http://www.w3.org/2000/svg"/>`, cover.DocumentNotItsType},
		"a photograph that is called PDF":  {"application/pdf", jpeg, cover.DocumentNotItsType},
		"a PDF that is called photograph":  {"image/jpeg", pdf, cover.DocumentNotItsType},
		"a PDF that begins late":           {"application/pdf", "\n" + pdf, cover.DocumentNotItsType},
		"a program":                        {"application/pdf", "MZ\x90\x00", cover.DocumentNotItsType},
		"another RIFF":                     {"image/webp", "RIFF\x24\x00\x00\x00WAVEfmt …", cover.DocumentNotItsType},
		"a RIFF that is cut off":           {"image/webp", "RIFF", cover.DocumentNotItsType},
		"a type that nobody takes":         {"image/svg+xml", "<svg/>", cover.DocumentNotItsType},
		"a photograph that is a page":      {"image/jpeg", "\xff\xd8\xff\xfe<HTML><ScRiPt>", cover.DocumentAmbiguous},
		"a PDF that is a page":             {"application/pdf", "%PDF-1.7<body onload=x>", cover.DocumentAmbiguous},
		"a picture that is a drawing":      {"image/png", png + "<svg onload=x>", cover.DocumentAmbiguous},
		"a photograph that is a PDF":       {"image/jpeg", jpeg + pdf, cover.DocumentAmbiguous},
		"a picture that is an archive":     {"image/png", png + long + zip(""), cover.DocumentAmbiguous},
		"an archive with a comment behind": {"application/pdf", pdf + zip(strings.Repeat("c", 60_000)), cover.DocumentAmbiguous},
		"an archive that ends in its name": {"image/jpeg", jpeg + zip(zip("")), cover.DocumentAmbiguous},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{1 << 20, 70_000, 1 << 14} {
				err := inspected(tt.media, tt.content, size)
				refused, _ := errors.AsType[*cover.Error](err)
				if tt.code == "" && err != nil || tt.code != "" && (refused == nil || refused.Code != tt.code) {
					t.Errorf("in pieces of %d: %v, want %q", size, err, tt.code)
				}
			}
		})
	}
	for m := range strings.FieldsSeq(media) {
		if Extension(m) == "" {
			t.Errorf("%s has no extension", m)
		}
	}
}

// FuzzInspect: no file makes it panic, whatever its pieces; one that passes begins as
// it says.
func FuzzInspect(f *testing.F) {
	for _, content := range []string{pdf, jpeg, png, webp, png + zip("x"), ""} {
		f.Add([]byte(content), 20_000)
	}
	f.Fuzz(func(t *testing.T, content []byte, size int) {
		size = max(size, guessed)
		for _, form := range forms {
			if err := inspected(form.media, string(content), size); err == nil && sniff(content) != form.media {
				t.Errorf("%.20q passes for %s", content, form.media)
			}
		}
	})
}

// A piece opens in its own place alone.
func TestEachPieceHasAPlaceOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for document := range 3 {
		for number := range 3 {
			place := fmt.Sprint(document, number)
			name := string(bytes.Clone(bind([16]byte{byte(document)}, number)))
			if other, taken := seen[name]; taken {
				t.Errorf("%s and %s have one place", place, other)
			}
			seen[name] = place
		}
	}
}
