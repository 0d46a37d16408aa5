package rules_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The rooms through which money passes.
var moneyRooms = []string{"internal/cover", "internal/tariff", "internal/billing", "internal/claims", "internal/registry"}

// A binary fraction cannot hold 0.24 %, and a rupiah lost in ten thousand lines
// is found by an auditor.
func TestNoFloatingPointTouchesMoney(t *testing.T) {
	t.Parallel()
	inspect(t, func(file string, n ast.Node, complain complain) {
		if strings.HasSuffix(file, "_test.go") || !below(file, moneyRooms) {
			return
		}
		switch n := n.(type) {
		case *ast.Ident:
			if slices.Contains([]string{"float32", "float64", "ParseFloat"}, n.Name) {
				complain(n, "%s where money passes", n.Name)
			}
		case *ast.BasicLit:
			if n.Kind == token.FLOAT {
				complain(n, "the fraction %s where money passes", n.Value)
			}
		}
	})
}

// A test that is skipped where something is missing passes where it matters.
func TestNoTestIsSkipped(t *testing.T) {
	t.Parallel()
	inspect(t, func(_ string, n ast.Node, complain complain) {
		if _, method, _ := call(n); slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, method) {
			complain(n, "a test is skipped")
		}
	})
}

// Logs are copied, shipped and kept by people who have no business with a
// person's data.
func TestPersonalFieldsAreNeverLogged(t *testing.T) {
	t.Parallel()
	levels := []string{
		"Debug", "DebugContext", "Info", "InfoContext", "Warn", "WarnContext", "Error", "ErrorContext",
		"Log", "LogAttrs", "With", "WithGroup",
	}
	inspect(t, func(_ string, n ast.Node, complain complain) {
		receiver, method, args := call(n)
		if receiver != "slog" && !slices.Contains(levels, method) {
			return
		}
		for _, arg := range args {
			literal, ok := arg.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				continue
			}
			if key, err := strconv.Unquote(literal.Value); err == nil && personal(key) {
				complain(n, "%s is logged", key)
			}
		}
	})
}

// Where packages come from is for each machine to say; a host written down here
// would override it, or send a build behind a closed network looking for a way
// out.
func TestNoFileNamesAPackageRegistry(t *testing.T) {
	t.Parallel()
	// Written in halves, so that this file passes its own rule.
	hosts := []string{
		"registry." + "npmjs.org", "registry." + "yarnpkg.com", "proxy." + "golang.org", "sum." + "golang.org",
		"go" + "proxy.io", "go" + "proxy.cn", "pypi." + "org", "files.python" + "hosted.org", "crates." + "io",
		"ruby" + "gems.org", "repo.maven." + "apache.org", "repo1." + "maven.org", "registry-1." + "docker.io",
		"deb." + "debian.org", "archive." + "ubuntu.com",
	}
	for _, file := range sources(t, "") {
		text := bytes.ToLower(contents(t, file))
		for _, host := range hosts {
			if bytes.Contains(text, []byte(host)) {
				t.Errorf("%s names %s", file, host)
			}
		}
	}
}

// call takes a call of a method or of a package's function apart.
func call(n ast.Node) (receiver, name string, args []ast.Expr) {
	c, ok := n.(*ast.CallExpr)
	if !ok {
		return "", "", nil
	}
	selector, ok := c.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", "", nil
	}
	if ident, ok := selector.X.(*ast.Ident); ok {
		receiver = ident.Name
	}
	return receiver, selector.Sel.Name, c.Args
}

// complain reports a node that breaks a rule.
type complain func(n ast.Node, format string, args ...any)

// inspect shows every node of every hand-written Go file to look.
func inspect(t *testing.T, look func(file string, n ast.Node, complain complain)) {
	t.Helper()
	for _, file := range sources(t, ".go") {
		if strings.HasSuffix(file, ".gen.go") {
			continue
		}
		fset := token.NewFileSet()
		tree, err := parser.ParseFile(fset, filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			look(file, n, func(n ast.Node, format string, args ...any) {
				t.Errorf("%s:%d: "+format, append([]any{file, fset.Position(n.Pos()).Line}, args...)...)
			})
			return true
		})
	}
}
