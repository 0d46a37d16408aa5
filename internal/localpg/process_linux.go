package localpg

import (
	"bytes"
	"fmt"
	"os"
	"syscall"
)

// attributes give a child its user and a session of its own, and have the kernel
// stop it when we are killed.
func attributes(c *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c, Setsid: true, Pdeathsig: syscall.SIGINT}
}

// commandLine is the command of a running process, empty when there is none.
func commandLine(pid int) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return string(bytes.ReplaceAll(line, []byte{0}, []byte{' '}))
}
