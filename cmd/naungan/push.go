package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"naungan/client"
)

// exitRejected is the exit status of a push of which rows were rejected.
const exitRejected = 3

func pushCommand() *cobra.Command {
	var said pushTerms
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "push FILE",
		Short: "Send a file of officers, and wait for what comes of it",
		Long: `Send a file of officers, wait until it is judged and committed, and print the counts.
NAUNGAN_URL, NAUNGAN_CLIENT_ID and NAUNGAN_CLIENT_SECRET say where to send it, and as
whom: a client with imports:write and imports:read, and imports:commit unless --commit
is manual.

The name of the file says what it is: .csv, .ndjson or .jsonl, .xlsx; and .gz or .zst
after it if it is compressed (a workbook is already).

It may be stopped with Ctrl-C and started again, on whichever machine has the file: an
upload of the same file under the same terms goes on where it was. Connections that
break and servers that restart are waited for, ten minutes at most.

Progress goes to stderr, a bar on a terminal and lines elsewhere; the counts go to
stdout. The exit status is 0 if all is in (or was judged to be sound, with --dry-run
or --commit manual), 3 if rows were rejected, and 1 if it failed or was stopped.`,
		Example: `  naungan push pps.xlsx
  naungan push roster.csv.gz --dry-run
  naungan push roster.csv --commit manual --agreement 0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f01
  naungan push pps.csv --mode snapshot --position pps --area 61.06 --removals 12
  naungan push mended.xlsx --amends 0192b1c4-6a00-7c3e-8f10-2b6a4d3e9f02`,
		Args: cobra.ExactArgs(1),
	}
	said.flags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the import as JSON, and not the counts")
	cmd.RunE = func(cmd *cobra.Command, args []string) (err error) {
		terms, err := said.params(cmd)
		if err != nil {
			return err
		}
		file, err := openRoster(args[0])
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		terms.ContentEncoding = file.encoding
		return withCaller(func(cmd *cobra.Command, c caller, _ []string) error {
			return push(cmd, c, file, terms, asJSON)
		})(cmd, args)
	}
	return cmd
}

// pushTerms are the terms of an import as flags say them.
type pushTerms struct {
	mode, commit, onError, agreement, amends, position, area string
	removals                                                 int64
	dryRun                                                   bool
}

func (t *pushTerms) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.mode, "mode", "", "upsert (the default) appoints and amends, create_only amends nobody,\nsnapshot ends whoever is missing from the file")
	f.StringVar(&t.commit, "commit", "", "auto (the default), or manual: wait for a commit once it is judged")
	f.StringVar(&t.onError, "on-error", "", "accept_valid (the default), or reject_all: all rows or none")
	f.StringVar(&t.agreement, "agreement", "", "also say what the cover would cost under this agreement, by its id")
	f.StringVar(&t.amends, "amends", "", "the import whose rejected rows this file mends, by its id")
	f.StringVar(&t.position, "position", "", "with snapshot: the position that the file is the full roster of")
	f.StringVar(&t.area, "area", "", "with snapshot: the code of the area that the file is the full roster of")
	f.Int64Var(&t.removals, "removals", 0, "with snapshot: how many officers are expected to be ended")
	f.BoolVar(&t.dryRun, "dry-run", false, "judge the file, and commit nothing")
}

func (t *pushTerms) params(cmd *cobra.Command) (p client.ReceiveImportParams, err error) {
	var faults [5]error
	p.Mode, faults[0] = chosen[client.ImportMode]("mode", t.mode)
	p.Commit, faults[1] = chosen[client.ImportCommitMode]("commit", t.commit)
	p.OnError, faults[2] = chosen[client.ImportErrorMode]("on-error", t.onError)
	p.AgreementID, faults[3] = idGiven("agreement", t.agreement)
	p.Amends, faults[4] = idGiven("amends", t.amends)
	p.Position, p.AreaCode = given(t.position), given(t.area)
	if cmd.Flags().Changed("removals") {
		p.Removals = &t.removals
	}
	if t.dryRun {
		p.DryRun = &t.dryRun
	}
	return p, errors.Join(faults[:]...)
}

// chosen is the value of a flag that has a few; nil if it was not given.
func chosen[T interface {
	~string
	Valid() bool
}](flag, said string) (*T, error) {
	if value := T(said); value.Valid() {
		return &value, nil
	}
	if said == "" {
		return nil, nil
	}
	return nil, fmt.Errorf("--%s: there is no %q; see --help", flag, said)
}

func idGiven(flag, said string) (*uuid.UUID, error) {
	if said == "" {
		return nil, nil
	}
	id, err := idOf(said)
	if err != nil {
		return nil, fmt.Errorf("--%s: %w", flag, err)
	}
	return &id, nil
}

func given(said string) *string {
	if said == "" {
		return nil
	}
	return &said
}

// roster is a file to push.
type roster struct {
	*os.File
	size      int64
	mediaType string
	encoding  *client.ContentEncoding
}

func openRoster(path string) (*roster, error) {
	mediaType, encoding, err := contentOf(path)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is no ordinary file: it must be there to be read again", path)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &roster{file, info.Size(), mediaType, encoding}, nil
}

// mediaTypes are the kinds of files, by the end of their name.
var mediaTypes = map[string]string{
	".csv":    "text/csv",
	".ndjson": "application/x-ndjson",
	".jsonl":  "application/x-ndjson",
	".xlsx":   "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

var encodings = map[string]client.ContentEncoding{
	".gz":  client.ContentEncodingGzip,
	".zst": client.ContentEncodingZstd,
}

// contentOf tells from the name of a file what is in it.
func contentOf(path string) (mediaType string, encoding *client.ContentEncoding, err error) {
	name := strings.ToLower(filepath.Base(path))
	if compressed, ok := encodings[filepath.Ext(name)]; ok {
		encoding, name = &compressed, strings.TrimSuffix(name, filepath.Ext(name))
	}
	mediaType, known := mediaTypes[filepath.Ext(name)]
	switch {
	case !known:
		return "", nil, fmt.Errorf("%s: what kind of file is this? Its name must end in .csv, .ndjson, .jsonl or .xlsx, "+
			"and may have .gz or .zst after that", path)
	case encoding != nil && filepath.Ext(name) == ".xlsx":
		return "", nil, fmt.Errorf("%s: a workbook is compressed already; send the .xlsx itself", path)
	}
	return mediaType, encoding, nil
}

func push(cmd *cobra.Command, c caller, file *roster, terms client.ReceiveImportParams, asJSON bool) error {
	f := &follower{out: meterOn(cmd.ErrOrStderr()), size: file.size}
	imported, err := f.follow(cmd.Context(), c, file, terms)
	f.out.end()
	if errors.Is(err, context.Canceled) {
		return errors.New("stopped; the same command goes on from here")
	}
	if err != nil {
		return err
	}
	if asJSON {
		err = printLine(cmd, imported)
	} else {
		_, err = io.WriteString(cmd.OutOrStdout(), outcome(imported, file.Name()))
	}
	return errors.Join(err, verdict(imported))
}

// follower shows how an import goes on.
type follower struct {
	out      meter
	size     int64
	known    bool // the import has been told of
	troubled bool // the last thing that was told is trouble
}

func (f *follower) follow(ctx context.Context, c caller, file *roster, terms client.ReceiveImportParams) (*client.Import, error) {
	watch := client.Watch{Import: f.imported, Sent: f.sent, Trouble: f.trouble}
	upload := client.Upload{Content: file, Size: file.size, MediaType: file.mediaType}
	imported, err := c.Upload(ctx, upload, terms, watch)
	if err != nil {
		return nil, err
	}
	return c.AwaitImport(ctx, imported.ID, watch)
}

func (f *follower) imported(i client.Import) {
	f.troubled = false
	if !f.known {
		f.known = true
		f.out.note(opening(i, f.size))
	}
	if i.Status != client.ImportStatusReceiving && i.Progress.Phase != "resting" {
		f.out.show(step{phase: string(i.Progress.Phase), done: i.Progress.Processed, total: i.Progress.Total, left: i.Progress.EtaSeconds})
	}
}

// opening says which import it is, and whether it was there before.
func opening(i client.Import, size int64) string {
	switch {
	case i.Status != client.ImportStatusReceiving:
		return fmt.Sprintf("import %s has this file already: it is %s", i.ID, i.Status)
	case i.ReceivedBytes > 0:
		return fmt.Sprintf("import %s goes on: %s of %s have arrived", i.ID, inBytes(i.ReceivedBytes), inBytes(size))
	default:
		return fmt.Sprintf("import %s", i.ID)
	}
}

func (f *follower) sent(bytes int64) {
	f.troubled = false
	f.out.show(step{phase: "sending", done: bytes, total: &f.size, inBytes: true})
}

func (f *follower) trouble(err error) {
	if !f.troubled {
		f.out.note(fmt.Sprintf("trying again: %v", err))
	}
	f.troubled = true
}

// step is how far a phase is.
type step struct {
	phase   string
	done    int64
	total   *int64 // nil while it is not known
	left    *int64 // seconds; nil while it is not known
	inBytes bool   // rows otherwise
}

func (s step) String() string {
	if s.done == 0 && s.total == nil {
		return s.phase
	}
	count, unit := func(n int64) string { return strconv.FormatInt(n, 10) }, " rows"
	if s.inBytes {
		count, unit = inBytes, ""
	}
	said := s.phase + ": " + count(s.done)
	if s.total != nil {
		said += " of " + count(*s.total)
	}
	said += unit
	if s.left != nil && *s.left > 0 {
		said += fmt.Sprintf(", %v left", time.Duration(*s.left)*time.Second)
	}
	return said
}

func inBytes(n int64) string {
	switch {
	case n < 1e3:
		return fmt.Sprintf("%d B", n)
	case n < 1e6:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	case n < 1e9:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	}
}

// meter shows progress to whoever looks on. Nothing depends on its being seen, so
// it has no errors.
type meter interface {
	show(step)
	note(string)
	end()
}

// meterOn is a bar on a terminal, and lines in a log.
func meterOn(out io.Writer) meter {
	if file, ok := out.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			return &bar{out: out}
		}
	}
	return &lines{out: out, now: time.Now}
}

// betweenLines is how often a line is written while the phase stays the same.
const betweenLines = 2 * time.Second

// lines are progress for logs.
type lines struct {
	out   io.Writer
	now   func() time.Time
	phase string
	last  time.Time
}

func (l *lines) show(s step) {
	now := l.now()
	if s.phase == l.phase && now.Sub(l.last) < betweenLines {
		return
	}
	l.phase, l.last = s.phase, now
	l.note(s.String())
}

func (l *lines) note(said string) { _, _ = fmt.Fprintln(l.out, said) }

func (l *lines) end() {}

// bar is progress for a terminal: a bar for each phase.
type bar struct {
	out   io.Writer
	drawn *progressbar.ProgressBar
	last  step
	total int64
}

func (b *bar) show(s step) {
	total := int64(-1)
	if s.total != nil && *s.total > 0 {
		total = *s.total
	}
	if b.drawn == nil || s.phase != b.last.phase || s.done < b.last.done {
		b.end()
		b.total = total
		b.drawn = progressbar.NewOptions64(total, progressbar.OptionSetWriter(b.out), progressbar.OptionSetDescription(s.phase),
			progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionShowBytes(s.inBytes),
			progressbar.OptionSetPredictTime(true), progressbar.OptionFullWidth(),
			progressbar.OptionSetSpinnerChangeInterval(0)) // it would draw by itself, even after the end
	}
	if total != b.total {
		b.drawn.ChangeMax64(total)
	}
	_ = b.drawn.Set64(s.done)
	b.last, b.total = s, total
}

func (b *bar) note(said string) {
	b.end()
	_, _ = fmt.Fprintln(b.out, said)
}

// end leaves the bar as it is, and the line.
func (b *bar) end() {
	if b.drawn != nil {
		_ = b.drawn.Exit()
		_, _ = fmt.Fprintln(b.out)
	}
	b.drawn = nil
}

// verdict is nil if all is in, or was judged to be sound.
func verdict(i *client.Import) error {
	switch {
	case len(i.Damage) > 0:
		return errors.New("identifiers in the file are spoilt, so nothing is committed")
	case stuck(i) && i.Counts.Ended > 0:
		return fmt.Errorf("it would end %d officers, and that number is not confirmed", i.Counts.Ended)
	case stuck(i):
		return errors.New("it was judged, and waits for a commit")
	case i.Counts.Cancelled > 0 && i.Status != client.ImportStatusReversed:
		return fmt.Errorf("it was stopped: %d of %d rows were not committed", i.Counts.Cancelled, i.Counts.Rows)
	case i.Status == client.ImportStatusPartiallyCommitted, settled(i) && i.Counts.Rejected > 0:
		return exitError{exitRejected, fmt.Errorf("%d of %d rows were rejected", i.Counts.Rejected, i.Counts.Rows)}
	case settled(i) && i.Status != client.ImportStatusRejected:
		return nil
	case i.Status == client.ImportStatusRejected:
		return errors.New("the file was refused")
	default:
		return fmt.Errorf("the import is %s", i.Status)
	}
}

// stuck reports whether something keeps an import from being committed that ought
// to be by now.
func stuck(i *client.Import) bool {
	return i.Status == client.ImportStatusValidated && i.Commit == client.ImportCommitModeAuto && !i.DryRun
}

// settled reports whether an import has come to one of the ends that were meant.
func settled(i *client.Import) bool {
	switch i.Status {
	case client.ImportStatusValidated, client.ImportStatusCommitted, client.ImportStatusRejected:
		return true
	default:
		return false
	}
}

// outcome says what came of an import, and what to do next.
func outcome(i *client.Import, file string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "import     %s\nstatus     %s%s\n", i.ID, i.Status, dry(i))
	for _, count := range []struct {
		name string
		n    int64
	}{
		{"rows", i.Counts.Rows},
		{"created", i.Counts.Created},
		{"updated", i.Counts.Updated},
		{"unchanged", i.Counts.Unchanged},
		{"ended", i.Counts.Ended},
		{"rejected", i.Counts.Rejected},
		{"amended", i.Counts.Amended},
		{"cancelled", i.Counts.Cancelled},
		{"warned", i.Counts.Warned},
	} {
		fmt.Fprintf(&b, "%-10s %d\n", count.name, count.n)
	}
	writeEffects(&b, i)
	writeFaults(&b, i)
	writeNext(&b, i, file)
	return b.String()
}

func dry(i *client.Import) string {
	if i.DryRun {
		return " (dry run: nothing is committed)"
	}
	return ""
}

func writeEffects(b *strings.Builder, i *client.Import) {
	if i.Effects == nil {
		return
	}
	if n := i.Effects.Conflicts; n > 0 {
		fmt.Fprintf(b, "conflicts  %d (people who also serve in another body in these days)\n", n)
	}
	if added := i.Effects.MonthlyPremiumAddedAmount; added != nil {
		fmt.Fprintf(b, "premium    %d rupiah a month more\n", *added)
	}
	if removed := i.Effects.MonthlyPremiumRemovedAmount; removed != nil {
		fmt.Fprintf(b, "premium    %d rupiah a month less\n", *removed)
	}
}

// writeFaults says what is wrong with the file as a whole.
func writeFaults(b *strings.Builder, i *client.Import) {
	if len(i.Damage) > 0 {
		b.WriteString("\nIdentifiers were spoilt on the way, so nothing of the file is committed:\n")
	}
	for _, d := range i.Damage {
		fmt.Fprintf(b, "- %s, in %d of %d rows (such as %s): %s\n", d.Column, d.Rows, d.Of, numbers(d.Examples), d.Detail)
	}
	writeList(b, "The file was rejected:", i.Errors)
	writeList(b, "Look at this:", i.Warnings)
	if i.Repeats != nil {
		fmt.Fprintf(b, "\nThe same people were in import %s.\n", i.Repeats)
	}
}

func writeList(b *strings.Builder, title string, faults []client.Fault) {
	if len(faults) > 0 {
		fmt.Fprintf(b, "\n%s\n", title)
	}
	for _, f := range faults {
		place := f.Pointer
		if place != "" {
			place += ": "
		}
		fmt.Fprintf(b, "- %s%s (%s)\n", place, f.Detail, f.Code)
	}
}

func numbers(all []int64) string {
	said := make([]string, len(all))
	for i, n := range all {
		said[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(said, ", ")
}

func writeNext(b *strings.Builder, i *client.Import, file string) {
	if i.Counts.Rejected > 0 {
		mended := mendedName(file)
		fmt.Fprintf(b, "\nThe rejected rows, to mend and to send again:\n  naungan rows %s --outcome rejected --out %s\n  naungan push %s --amends %s\n",
			i.ID, mended, mended, i.ID)
	}
	if i.Status != client.ImportStatusValidated || i.DryRun || len(i.Damage) > 0 || i.PlanDigest == nil {
		return
	}
	body := fmt.Sprintf(`{"plan_digest":%q}`, *i.PlanDigest)
	if i.Counts.Ended > 0 {
		body = fmt.Sprintf(`{"plan_digest":%q,"removals":%d}`, *i.PlanDigest, i.Counts.Ended)
	}
	fmt.Fprintf(b, "\nIt is judged, and waits. To commit it, with an Idempotency-Key:\n  POST /v1/imports/%s/commit\n  %s\n", i.ID, body)
	if i.Counts.Ended > 0 {
		fmt.Fprintf(b, "The removals confirm that %d officers are ended.", i.Counts.Ended)
		if i.Commit == client.ImportCommitModeAuto {
			fmt.Fprintf(b, " Or push the file again with --removals %d.", i.Counts.Ended)
		}
		b.WriteString("\n")
	}
}

// mendedName proposes a name for the rejected rows of a file, beside it.
func mendedName(file string) string {
	base := filepath.Base(file)
	name, _, _ := strings.Cut(base, ".")
	return shellWord(filepath.Join(filepath.Dir(file), name+"-rejected.xlsx"))
}

// shellWord quotes what a shell would take apart.
func shellWord(s string) string {
	if strings.ContainsAny(s, " \t'\"\\$&;|<>()*?[]`!#~") {
		return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
	}
	return s
}
