//go:build unix

package localpg

import (
	"errors"
	"io"
	"os"
	"slices"
	"strings"
)

// logLimit bounds the log of a server that is often restarted, in bytes.
const logLimit = 16 << 20

// logFile is the server's log, with the place where this start began.
type logFile struct {
	*os.File
	from int64
}

// openLog continues the log, or begins it anew once it has grown past logLimit.
func openLog(path string) (logFile, error) {
	file, err := openPlain(path, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return logFile{}, err
	}
	size, err := file.Seek(0, io.SeekEnd)
	if size > logLimit {
		size, err = 0, file.Truncate(0)
	}
	if err != nil {
		return logFile{}, errors.Join(err, file.Close())
	}
	return logFile{file, size}, nil
}

// lastWords are what the server said last: why it ended, if it said so.
func (f logFile) lastWords() string {
	said, _ := io.ReadAll(io.NewSectionReader(f.File, f.from, logLimit))
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	for _, line := range slices.Backward(lines) {
		_, reason, fatal := strings.Cut(line, "FATAL:")
		if fatal && !strings.Contains(reason, "the database system is") { // that is said to us, as it starts
			return strings.TrimSpace(reason)
		}
	}
	return lines[len(lines)-1]
}
