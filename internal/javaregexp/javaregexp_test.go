package javaregexp_test

import (
	"bufio"
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/internal/javaregexp"
)

func TestMatches(t *testing.T) {
	for _, tt := range []struct {
		pattern string
		yes, no []string
	}{
		{`4\d{2}`, []string{"400", "404"}, []string{"40", "4000", "500", ""}},
		{`.*Error.*`, []string{"An Error occurred"}, []string{"error", "Error\nsecond line"}},
		{`(\n|.)+`, []string{"a\nb"}, []string{""}},
		{`[a-z&&[^aeiou]]+`, []string{"bcd"}, []string{"abc", ""}},
		{`[a-c[x-z]]+`, []string{"abxz"}, []string{"m"}},
		{`a++b`, []string{"aab"}, []string{"b"}},
		{`a*+a`, nil, []string{"a", "aa"}},
		{`\Q4.x\E`, []string{"4.x"}, []string{"44x"}},
		{`(?i)bad request`, []string{"BAD Request"}, []string{"bad"}},
		{`.+$`, []string{"abc"}, []string{""}},
		{`(?<code>4\d\d)-\k<code>`, []string{"404-404"}, []string{"404-400"}},
		{`\p{Lower}+`, []string{"abc"}, []string{"Abc", "é"}},
		{`(?x)a b # comment`, []string{"ab"}, []string{"a b"}},
		{`\0101`, []string{"A"}, []string{"\x00101"}},
		{`[]a]+`, []string{"]a"}, []string{"b"}},
		{`.`, []string{"a", "é", "😀"}, []string{"\n", "\r", "\u2028", "ab"}},
	} {
		re, err := javaregexp.Compile(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		for i, list := range [][]string{tt.yes, tt.no} {
			for _, s := range list {
				if got, err := re.Matches(s); err != nil || got != (i == 0) {
					t.Errorf("%s matches %q: %v, %v", tt.pattern, s, got, err)
				}
			}
		}
	}
}

func TestRefused(t *testing.T) {
	for _, pattern := range []string{"[", "(", "*a", "+", "?", `\`, "{", "x{", "a{,3}", `\d{3`, `\y`, `\_x)`, "a{2,1}", `\k<x>`, "(?<1>a)", "a**"} {
		_, err := javaregexp.Compile(pattern)
		var syntax *javaregexp.SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%s: %v", pattern, err)
		}
	}
}

func TestBacktrackingIsBounded(t *testing.T) {
	re, err := javaregexp.Compile(`(a+)+b`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := re.Matches(strings.Repeat("a", 60) + "!"); err == nil {
		t.Error("a match that takes exponential time came to an end")
	}
}

var inputs = []string{
	"", "400", "404", "500", "200", "504", "4000", "40", "Error", "error", "Some Error here", "line1\nline2", "a", "ab", "aab", "aaa", "b", "abc", "Abc", "bcdf",
	"Task timed out after 3.00 seconds", `{"status":400,"x":1}`, "bad request x", "BAD REQUEST", "[BadRequest] x", "é", "É", "αβγ", "😀", "{", "}", "]", "-", "_", " ", "\t",
	"\n", "\r\n", "a\n", "a\r\n", "a\u2028", "4.x", "!axb", "A", "404\n", "x1", "a-c", "&&", "a&b",
}

// java compares matches of patterns over inputs with the real thing.
func java(t *testing.T, patterns []string) map[string]string {
	t.Helper()
	bin, err := exec.LookPath("java")
	if err != nil {
		t.Skip("java is not there: the comparison with java.util.regex is skipped")
	}
	const program = `import java.nio.file.*;import java.util.regex.*;
public class Oracle{public static void main(String[] a)throws Exception{String[] in=Files.readString(Path.of(a[1])).split("\u0001",-1);
for(String p:Files.readString(Path.of(a[0])).split("\u0001",-1)){StringBuilder s=new StringBuilder();
try{Pattern x=Pattern.compile(p);for(String i:in){s.append(x.matcher(i).matches()?'1':'0');s.append(x.matcher(i).find()?'1':'0');}}
catch(PatternSyntaxException e){s.append("refused");}catch(Throwable e){s.append("unknown");}System.out.println(s);}}}`
	dir := t.TempDir()
	for name, text := range map[string]string{"Oracle.java": program, "patterns": strings.Join(patterns, "\x01"), "inputs": strings.Join(inputs, "\x01")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(bin, "Oracle.java", "patterns", "inputs")
	cmd.Dir = dir
	var out, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		t.Skipf("java cannot run the oracle: %v %s", err, stderr.String())
	}
	got := map[string]string{}
	sc := bufio.NewScanner(&out)
	for i := 0; sc.Scan() && i < len(patterns); i++ {
		got[patterns[i]] = sc.Text()
	}
	return got
}

func ours(pattern string) string {
	re, err := javaregexp.Compile(pattern)
	var syntax *javaregexp.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return "refused"
	case err != nil:
		return "unsupported"
	}
	var b strings.Builder
	for _, s := range inputs {
		for _, f := range []func(string) (bool, error){re.Matches, re.Find} {
			ok, err := f(s)
			switch {
			case err != nil:
				return "unsupported"
			case ok:
				b.WriteByte('1')
			default:
				b.WriteByte('0')
			}
		}
	}
	return b.String()
}

func compare(t *testing.T, patterns []string) (supported int) {
	t.Helper()
	want := java(t, patterns)
	for _, p := range patterns {
		got := ours(p)
		if got == "unsupported" || want[p] == "unknown" {
			continue
		}
		supported++
		if got != want[p] {
			t.Errorf("%q: we say %s, Java says %s", p, got, want[p])
		}
	}
	return supported
}

// TestAgreesWithJava runs the patterns that people write, and the corners of the
// syntax, through both.
func TestAgreesWithJava(t *testing.T) {
	data, err := os.ReadFile("testdata/patterns.txt")
	if err != nil {
		t.Fatal(err)
	}
	patterns := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	n := compare(t, patterns)
	t.Logf("%d of %d patterns are supported", n, len(patterns))
	if n < len(patterns)*76/81 {
		t.Errorf("only %d of %d patterns are supported", n, len(patterns))
	}
}

// TestAgreesWithJavaAtRandom puts pieces of the syntax together at random.
func TestAgreesWithJavaAtRandom(t *testing.T) {
	pieces := []string{
		"a", "b", "4", ".", "\\d", "\\w", "\\s", "[ab]", "[^a]", "[a-c&&[^b]]", "[a-z&&b]", "*", "+", "?", "{2}", "{1,2}", "{", "}", "(", ")", "(?:", "(?i)", "(?i:", "(?=",
		"(?!", "(?<=a)", "|", "^", "$", "\\b", "\\Q.\\E", "\\", "[", "]", "-", "\\R", "\\h", "é", "(?s)", "(?m)", "\\Z", "\\z", "\\1", "&&", "(?x)", " ", "#", "\\p{Alpha}", "\\x41", "+?", "*+",
	}
	rng := rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	var patterns []string
	for len(patterns) < 4000 {
		var b strings.Builder
		for range 1 + rng.IntN(6) {
			b.WriteString(pieces[rng.IntN(len(pieces))])
		}
		if p := b.String(); !seen[p] {
			seen[p] = true
			patterns = append(patterns, p)
		}
	}
	n := compare(t, patterns)
	t.Logf("%d of %d random patterns are supported", n, len(patterns))
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"4\\d{2}", "[a-c&&[^b]]", "(?<n>a)\\k<n>", "\\Q", "[]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		re, err := javaregexp.Compile(pattern)
		if err != nil {
			return
		}
		if _, err := re.Matches("400 Bad Request"); err != nil {
			t.Skip("too slow")
		}
	})
}
