//go:build unix && !linux

package localpg

import (
	"os/exec"
	"strconv"
	"syscall"
)

// attributes give a child its user and a session of its own.
func attributes(c *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: c, Setsid: true}
}

// commandLine is the command of a running process, empty when there is none.
func commandLine(pid int) string {
	line, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return string(line)
}
