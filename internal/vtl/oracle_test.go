package vtl

import (
	"bytes"
	"encoding/base64"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// jars are where Debian's packages velocity, libcommons-collections3-java and
// libcommons-lang-java put what the oracle needs.
var jars = []string{"/usr/share/java/velocity.jar", "/usr/share/java/commons-collections3.jar", "/usr/share/java/commons-lang.jar"}

// runOracle feeds lines to a Java program in testdata and returns its lines.
func runOracle(t testing.TB, lines []string, program string, args ...string) []string {
	t.Helper()
	java, err := exec.LookPath("java")
	if err != nil {
		t.Skip("no java: the comparison with Velocity is left out")
	}
	for _, jar := range jars {
		if _, err := os.Stat(jar); err != nil {
			t.Skipf("no %s: the comparison with Velocity is left out", jar)
		}
	}
	args = append([]string{"-Xss16m", "-cp", strings.Join(jars, ":"), filepath.Join("testdata", program)}, args...)
	cmd := exec.Command(java, args...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("oracle: %v\n%s", err, errs.String())
	}
	got := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(got) != len(lines) {
		t.Fatalf("oracle answered %d of %d lines\n%s", len(got), len(lines), errs.String())
	}
	return got
}

// A verdict is what Velocity says of a template.
type verdict struct {
	parse, init, tokens, message string
}

func verdicts(t testing.TB, templates []string) []verdict {
	t.Helper()
	lines := make([]string, len(templates))
	for i, s := range templates {
		lines[i] = base64.StdEncoding.EncodeToString([]byte(s))
	}
	out := make([]verdict, len(templates))
	for i, line := range runOracle(t, lines, "Oracle.java") {
		f := strings.Split(line, "\t")
		out[i] = verdict{f[0], f[1], unbase64(t, f[2]), unbase64(t, f[3])}
	}
	return out
}

func unbase64(t testing.TB, s string) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
