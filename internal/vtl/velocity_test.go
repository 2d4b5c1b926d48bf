package vtl

import (
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"
)

// kinds maps the numbers of Velocity's tokens to ours.
var kinds = map[string]kind{
	"1": tokIndexOpen, "2": tokIndexClose, "3": tokLBracket, "4": tokRBracket, "5": tokComma, "6": tokDoubleDot, "7": tokColon,
	"8": tokLeftCurly, "9": tokRightCurly, "10": tokLParen, "11": tokRParen, "12": tokMethodRParen, "13": tokEscapedDirective, "14": tokSet,
	"21": tokLineComment, "22": tokDoubleEscape, "23": tokEscape, "24": tokText, "25": tokLineCommentEnd, "26": tokFormalCommentEnd,
	"27": tokBlockCommentEnd, "28": tokTextblock, "31": tokSpace, "32": tokString, "33": tokTrue, "34": tokFalse, "36": tokMinus, "37": tokPlus,
	"38": tokMultiply, "39": tokDivide, "40": tokModulus, "41": tokAnd, "42": tokOr, "43": tokLT, "44": tokLE, "45": tokGT, "46": tokGE,
	"47": tokEQ, "48": tokNE, "49": tokNot, "50": tokAssign, "51": tokEnd, "52": tokIf, "53": tokElseif, "54": tokElse, "56": tokInteger,
	"57": tokFloat, "61": tokWord, "62": tokBracketedWord, "66": tokIdentifier, "67": tokDot, "68": tokLCurly, "69": tokRCurly, "72": tokEmptyIndex,
}

// dump shows the tokens that the parser consumes; the images of escaped
// directives, which Velocity changes, are left out.
func dump(src string) (string, error) {
	var b strings.Builder
	p := newParser(src, 0)
	p.trace = func(t token) {
		if t.kind == tokEscapedDirective {
			t.image = ""
		}
		fmt.Fprintf(&b, "%d:%s\n", t.kind, t.image)
	}
	_, err := p.parse()
	return b.String(), err
}

// translate turns Velocity's dump into ours. Images may hold line breaks, so
// that tokens are told apart by what follows a line break only roughly: the
// dumps are compared as a whole.
func translate(dump string) string {
	var b strings.Builder
	for line := range strings.SplitAfterSeq(dump, "\n") {
		n, image, ok := strings.Cut(line, ":")
		if k, known := kinds[n]; ok && known {
			if k == tokEscapedDirective {
				image = "\n"
			}
			fmt.Fprintf(&b, "%d:%s", k, image)
		} else {
			b.WriteString(line)
		}
	}
	return b.String()
}

// compare reports templates of which Velocity thinks otherwise.
func compare(t *testing.T, templates []string) (invalid int) {
	t.Helper()
	bad := 0
	for i, v := range verdicts(t, templates) {
		src := templates[i]
		tokens, err := dump(src)
		var syntax *SyntaxError
		if err != nil && !errors.As(err, &syntax) {
			t.Errorf("%q: %v", src, err)
			continue
		}
		ok := v.parse == "ok"
		if !ok {
			invalid++
		}
		switch {
		case ok != (err == nil):
			t.Errorf("%q: parses: %v, Velocity: %s %s", src, err, v.parse, v.message)
			bad++
		case ok && tokens != translate(v.tokens):
			t.Errorf("%q: tokens\n%s\nVelocity:\n%s", src, tokens, translate(v.tokens))
			bad++
		case ok:
			tpl, _ := Parse(src)
			if fault := tpl.Fault(); (fault == nil) != (v.init == "ok") {
				t.Errorf("%q: fault: %v, Velocity: %s %s", src, fault, v.init, v.message)
				bad++
			}
		}
		if bad > 10 {
			t.Fatal("too many")
		}
	}
	return invalid
}

func TestGeneratedTemplatesAgreeWithVelocity(t *testing.T) {
	g := &generator{Rand: rand.New(rand.NewSource(1))}
	templates := make([]string, 5000)
	for i := range templates {
		templates[i] = g.template()
	}
	invalid := compare(t, templates)
	t.Logf("%d of %d templates are invalid", invalid, len(templates))
	if invalid < 500 || invalid > 4500 {
		t.Error("that is no mix of valid and invalid templates")
	}
}
