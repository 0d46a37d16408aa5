package api

import (
	"testing"

	"naungan/internal/cover"
)

// Whoever is told that there is no cover is told where else to turn, in their language.
func TestEveryRoadHasItsWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, r := range cover.AllRoads {
		words, known := roadWords[r]
		for _, text := range []string{words.Title.ID, words.Title.EN, words.Detail.ID, words.Detail.EN} {
			if !known || text == "" {
				t.Errorf("%s: a text is missing", r)
			}
		}
	}
	if len(roadWords) != len(cover.AllRoads) {
		t.Errorf("words for %d roads, of which there are %d", len(roadWords), len(cover.AllRoads))
	}
}
