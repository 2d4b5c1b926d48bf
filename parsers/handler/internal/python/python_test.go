package python_test

import (
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/python"
)

// accepted are sources that Python takes.
var accepted = []string{
	"",
	"\uFEFFx = 1\n",
	"x = 1; y = 2\r\nif x: pass\r\nelse:\r\n\tpass\r\n",
	"def f(a, /, b: int = 1, *args, c, **kw) -> dict[str, int]: return {}\n",
	"@a.b(1)\n@c\nasync def f():\n    async with x as y, z: await y\n    async for i in x: yield i\n",
	"class A(B, metaclass=C):\n    x: int\n    def f(self): ...\n",
	"try:\n    pass\nexcept* (A, B) as e:\n    raise C from e\nelse:\n    pass\nfinally:\n    pass\n",
	"with (open('a') as f, open('b') as g,):\n    pass\nwith (a): pass\n",
	"match x:\n    case {'a': [1, *rest], **kw} | A(b=1) if y: pass\n    case -1 | 'a' 'b' | None: pass\n    case _: pass\nmatch = 1\nmatch[0]\n",
	"f'{a[\"b\"]!r:>{width}} {{}} {x=}' rf'\\d{y}' b'x'\n",
	"x = [i for i in range(3) if i async for j in k]\ny = {k: v for k, v in z}\nw = {1, *a}\nv = (yield)\n",
	"lambda *a, b=1: a if b else c\nx = a if b else c if d else e\n",
	"if (n := len(a)) > 1 and not b in c or d is not e: print(n, end='', *x, **y)\n",
	"a[1:2, ::3], *b = c\na, b = b, a\nx += 1\ndel a[0], b\nglobal g\n",
	"from . import a\nfrom ..b.c import (d as e, f,)\nfrom g import *\nimport h.i as j, k\n",
	"type A[T] = list[T]\ndef f[T: int](x: T): pass\nx = 0x1F + 1_000 + 1e-3 + 1j + .5\n",
	"x = (1 +\n  2)\ny = 1 + \\\n  2\n# comment\n\n\n",
	"if a:\n    # only a comment\n\n    b\n  # dedented comment\nc\n",
	"s = '''a\n'b' \"c\"''' \"\"\"d\"\"\"\n",
	"print(f\"{x:{'>' if y else '<'}10}\")\n",
}

// refused are sources that it does not take.
var refused = []string{
	"def f(:\n", "x = 'a\n", "if a:\nb\n", "  a\n b\n  c\n", "x = (1\n", "print 'x'\n", "return = 1\n", "f'{a'\n", "a $ b\n", "x = [1, 2\n",
	strings.Repeat("(", 100000), strings.Repeat("not ", 100000) + "a\n", strings.Repeat("-", 100000) + "1\n",
	strings.Repeat("if a:\n ", 1) + "\n", "x = '''a",
}

func TestParse(t *testing.T) {
	for _, src := range accepted {
		if _, err := python.Parse(src); err != nil {
			t.Errorf("%q: %v", src, err)
		}
	}
	for _, src := range refused {
		if _, err := python.Parse(src); err == nil {
			t.Errorf("%.60q is accepted", src)
		}
	}
}

// TestPlaces holds the places of literals to what is written there.
func TestPlaces(t *testing.T) {
	src := "def handler(event, context):\n    return {'body': ['é', f'{event}'], \"a\": 1}\n"
	body, err := python.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	ret := body[0].(*ir.Define).X.(*ir.Func).Body[0].(*ir.Return)
	m := ret.X.(*ir.Map)
	for i, want := range []string{"['é', f'{event}']", "1"} {
		at := m.Fields[i].Value.Place()
		if got := src[at.Start:at.End]; got != want {
			t.Errorf("the value %d is at %q, not %q", i, got, want)
		}
	}
	if at := m.Place(); src[at.Start:at.End] != "{'body': ['é', f'{event}'], \"a\": 1}" {
		t.Errorf("the dictionary is at %q", src[at.Start:at.End])
	}
}

func FuzzParse(f *testing.F) {
	for _, src := range accepted {
		f.Add(src)
	}
	for _, src := range refused {
		f.Add(src[:min(len(src), 500)])
	}
	f.Fuzz(func(_ *testing.T, src string) {
		_, _ = python.Parse(src) // it must not panic
	})
}
