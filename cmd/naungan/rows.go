package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"naungan/client"
)

func rowsCommand() *cobra.Command {
	var outcomes []string
	var out, purpose, language string
	cmd := &cobra.Command{
		Use:   "rows IMPORT",
		Short: "The rows of an import, to mend",
		Long: `Get the rows of an import, by its id: the columns of its file, and what is wrong with
each row. Mend the cells, and send the file back: naungan push FILE --amends IMPORT.
NAUNGAN_URL, NAUNGAN_CLIENT_ID and NAUNGAN_CLIENT_SECRET say where to ask, and as whom:
a client with imports:read.

The end of its name says what the file is: .xlsx, .csv, .ndjson or .jsonl. It is there
when it is whole, in the place of any before it, and only you may read it. Without
--out the rows go to stdout as CSV.

Personal cells are masked. They may be sent back as they are: a masked cell stands for
what was sent first. With --purpose they are shown to a client that also has
officers.personal:read, and the reading is recorded.`,
		Example: `  naungan rows 0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01 --out rejected.xlsx
  naungan rows 0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01 --outcome created,updated --out done.csv
  naungan rows 0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01 --outcome all | wc -l`,
		Args: cobra.ExactArgs(1),
	}
	cmd.Flags().StringSliceVar(&outcomes, "outcome", []string{"rejected"},
		"which rows, separated by commas: created, updated, unchanged, ended,\nrejected, amended, cancelled, or all")
	cmd.Flags().StringVar(&out, "out", "", "the file to write")
	cmd.Flags().StringVar(&purpose, "purpose", "", "why personal data is needed unmasked: registration, verification,\nbenefit_payment, audit or data_subject_request")
	cmd.Flags().StringVar(&language, "language", "id", "of the messages in the file: id or en")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		wanted, err := rowsWanted(args[0], outcomes, out, purpose, language)
		if err != nil {
			return err
		}
		return withCaller(func(cmd *cobra.Command, c caller, _ []string) error {
			return saveRows(cmd, c, wanted, out)
		})(cmd, args)
	}
	return cmd
}

// wantedRows are the rows that are asked for.
type wantedRows struct {
	of        uuid.UUID
	params    client.ListImportRowsParams
	mediaType string
	language  string
}

func rowsWanted(id string, outcomes []string, out, purpose, language string) (w wantedRows, err error) {
	var faults [5]error
	w.of, faults[0] = idOf(id)
	w.params.Outcome, faults[1] = outcomesOf(outcomes)
	w.params.Purpose, faults[2] = chosen[client.Purpose]("purpose", purpose)
	w.mediaType, faults[3] = mediaTypeOf(out)
	if w.language = language; language != "id" && language != "en" {
		faults[4] = errors.New("--language: id or en")
	}
	return w, errors.Join(faults[:]...)
}

// outcomesOf is nil for every outcome there is.
func outcomesOf(said []string) (outcomes []client.RowOutcome, err error) {
	for _, s := range said {
		if s == "all" {
			return nil, nil
		}
		outcome := client.RowOutcome(s)
		if !outcome.Valid() {
			return nil, fmt.Errorf("--outcome: there is no %q; see --help", s)
		}
		outcomes = append(outcomes, outcome)
	}
	return outcomes, nil
}

// mediaTypeOf is that of the file to write; of stdout, CSV.
func mediaTypeOf(out string) (string, error) {
	if out == "" {
		return mediaTypes[".csv"], nil
	}
	mediaType, known := mediaTypes[strings.ToLower(filepath.Ext(out))]
	if !known {
		return "", errors.New("--out: the name must end in .xlsx, .csv, .ndjson or .jsonl")
	}
	return mediaType, nil
}

func saveRows(cmd *cobra.Command, c caller, wanted wantedRows, out string) error {
	rows, err := openRows(cmd.Context(), c, wanted)
	if err != nil {
		return err
	}
	if out == "" {
		_, err = io.Copy(cmd.OutOrStdout(), rows)
	} else {
		err = writeWhole(out, rows)
	}
	return errors.Join(err, rows.Close())
}

// openRows asks for rows, and returns them as they come.
func openRows(ctx context.Context, c caller, wanted wantedRows) (io.ReadCloser, error) {
	res, err := c.ListImportRows(client.Unhurried(ctx), wanted.of, &wanted.params, func(_ context.Context, req *http.Request) error {
		req.Header.Set("Accept", wanted.mediaType)
		req.Header.Set("Accept-Language", wanted.language)
		return nil
	})
	if err != nil {
		return nil, err
	}
	got, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode == http.StatusOK && got == wanted.mediaType {
		return res.Body, nil
	}
	_, err = client.Check(client.ParseListImportRowsResponse(res)) // closes the body
	if err == nil {
		err = fmt.Errorf("the answer is %s %s, and not %s", res.Status, got, wanted.mediaType)
	}
	return nil, err
}

// writeWhole writes a file beside its place and moves it there when it is whole.
// Only the owner may read it: there are people in it.
func writeWhole(path string, content io.Reader) error {
	draft, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = io.Copy(draft, content)
	if err != nil {
		err = fmt.Errorf("the rows did not all arrive, so there is no file: %w", err)
	}
	if err = errors.Join(err, draft.Sync(), draft.Close()); err == nil {
		err = os.Rename(draft.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(draft.Name()))
	}
	return syncDir(filepath.Dir(path))
}
