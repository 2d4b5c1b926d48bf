package script_test

import (
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/script"
)

// accepted are sources in JavaScript.
var accepted = []string{
	"",
	"#!/usr/bin/env node\n'use strict'\nvar a = 1, b\nlet c\nconst {d, e: {f = 1, ...g}, [h]: i} = j, [k, , ...l] = m",
	"a\n++b\nreturnx = a\n/b/g\nif (a) /re/.test(b); else c / d / e",
	"x = a ? (b) : c => d\ny = async (z) => { await z }\nw = async x => x\nv = async () => {}\nasync = 1",
	"label: for (let i = 0, n = 1; i < n; i++) { if (i in x) continue label; break }\nfor (const [k, v] of Object.entries(o)) ;\nfor (var p in q) {}\nfor await (const x of y) {}\nfor (;;) {}",
	"do x++; while (x < 5) y\nwhile (1) ;\nswitch (a) { case 1: case 'b': { break } default: c() }",
	"try { throw new Error('x') } catch { } finally { }\ntry {} catch ({message}) {}",
	"class A extends (b, c) { static #p = 1; static { this.x = 1 } get a() { return 1 } set a(v) {} async *g() {} [k]() {} 'str'() {} constructor() { super(); new.target } static async m() {} get; set = 1 }",
	"`a${b}c${`d${{e: 1}.e}`}` + tag`x` + `\\u{1F600}`",
	"a?.b?.[c]?.(d) ?? e ** f ?? g\na ||= b; c &&= d; e ??= f; g **= 2; h >>>= 1; i >>= 2; j = k >>> 1 >> 2 >= 3 > 4",
	"o = {a, b, c: 1, [d]: 2, ...e, f() {}, get g() { return 1 }, set g(v) {}, async h() {}, *i() {}, async *j() {}, 1: 2, 'k': 3, get: 1, async: 2, set() {}, if: 1}",
	"import a, {b as c, default as d} from 'e'\nimport * as f from \"g\"\nimport 'h'\nimport i from './j.json' with { type: 'json' }\nexport default async function () {}\nexport {k as l}\nexport * from 'm'\nexport * as n from 'o'\nexport const p = import('q'), r = import.meta.url",
	"f(...a, b, )\nnew A\nnew A.B(c).d\nnew (e())()\nvoid 0, typeof x, delete y.z, !a, ~b, +c, -d",
	"var r = /[/\\]]+/gi, s = a / b, t = (a) / b, u = a++ / 2, v = `x` / 2",
	"function* g() { yield; yield* x; const y = yield z }\n(function () {})()\n!function () {}()",
	"x = 0x1F + 1_000n + .5e-3 + 0b1\nlet y = a\nlet\nz = 1",
	"if (a) function f() {}\na: { break a }\ndebugger;;",
	"x = {}\n/1/g\n",
}

// types are sources that only TypeScript takes.
var types = []string{
	"let a: string | undefined = b!, c = d as unknown as E<F>[], e = <any>f; g!.h![0]!()",
	"interface A<T = {}> extends B<T>, C { x?: string; readonly [k: string]: any; (a: number): void; new (b: string): A<T> }\ntype D<T> = T extends (infer U extends string)[] ? U : { [K in keyof T]-?: T[K] } | `a${string}` | typeof x[number]",
	"abstract class A<T> extends B<T> implements C, D { private readonly x: number = 1; constructor(private a: string, public b?: number) { super() } abstract m(): void; declare y: string; m2?(): void; static z!: string; @dec() p = 1; override q<T>(this: A, x: T): x is T { return true } [k: string]: any }",
	"enum E { A = 1, B }\nconst enum F { C }\ndeclare module 'x' { export const y: string }\ndeclare const z: number\nnamespace N.M { export const a = 1 }\ndeclare global { interface Window {} }",
	"const f = async <T,>(x: T, ...y: string[]): Promise<Map<string, T[]>> => { return g<T>(x) }\nconst h = (x): x is string => true\nfunction assert(x: unknown): asserts x is string {}\nfunction o(x: string): void\nfunction o(x: any) {}",
	"import type { A } from 'b'\nimport { type C, D } from 'e'\nimport F = require('g')\nexport type { H }\nexport type I = string\nexport = J\nexport abstract class K {}\nexport default interface L {}",
	"x = a < b && c > (d)\ny = a<b>(c)\nz = new Map<string, Array<number>>()\nw = a as const\nv = { a: 1 } satisfies B\nif (a < b || c > d) {}",
	"let u: unique symbol, k: keyof typeof x, t: [a: string, b?: number, ...c: boolean[]], fn: new (...args: any[]) => object, g: abstract new () => void, im: import('x').Y<Z>, neg: -1",
	"for (const x of y as string[]) {}\nconst { a, b }: { a: string; b: number } = c;\nlet d = (e as any)?.f ?? (<G>h)",
	"type A = {\n  a: string\n  b: number\n}\ntype B =\n  | C\n  | D\nlet x: A\nlet y = x is\n",
}

// refused are sources that neither takes.
var refused = []string{
	"a b", "let 1 = 2", "if (a", "x = 'a\n'", "`a${b", "/* a", "x = /a\n/", "{", "}", "(]", "function (", "a +", "class A { x y }", "import a b", "case 1:", "let a = ;", "@",
	strings.Repeat("(", 100000), strings.Repeat("[", 50000) + strings.Repeat("]", 50000), strings.Repeat("!", 100000) + "a", "x = " + strings.Repeat("`${", 2000),
}

func TestParse(t *testing.T) {
	for _, src := range accepted {
		for _, ts := range []bool{false, true} {
			if _, err := script.Parse(src, ts); err != nil && !(ts && strings.Contains(src, "c => d")) {
				t.Errorf("%q (TypeScript: %v): %v", src, ts, err)
			}
		}
	}
	for _, src := range types {
		if strings.HasSuffix(src, "x is\n") {
			continue
		}
		if _, err := script.Parse(src, true); err != nil {
			t.Errorf("%q: %v", src, err)
		}
	}
	for _, src := range refused {
		for _, ts := range []bool{false, true} {
			if _, err := script.Parse(src, ts); err == nil {
				t.Errorf("%.60q is accepted", src)
			}
		}
	}
}

// TestPlaces holds the places of literals to what is written there.
func TestPlaces(t *testing.T) {
	src := "exports.handler = async () => ({ body: ['é', `${a}`], b });"
	body, err := script.Parse(src, false)
	if err != nil {
		t.Fatal(err)
	}
	f := body[0].(*ir.Eval).X.(*ir.Assign).Value.(*ir.Func)
	m := f.Body[0].(*ir.Return).X.(*ir.Map)
	for i, want := range []string{"['é', `${a}`]", "b"} {
		if at := m.Fields[i].Value.Place(); src[at.Start:at.End] != want {
			t.Errorf("the value %d is at %q, not %q", i, src[at.Start:at.End], want)
		}
	}
	if at := f.Place(); !strings.HasPrefix(src[at.Start:at.End], "async () =>") {
		t.Errorf("the function is at %q", src[at.Start:at.End])
	}
}

func FuzzParse(f *testing.F) {
	for _, src := range append(append([]string{}, accepted...), types...) {
		f.Add(src)
	}
	for _, src := range refused {
		f.Add(src[:min(len(src), 500)])
	}
	f.Fuzz(func(_ *testing.T, src string) {
		_, _ = script.Parse(src, false) // they must not panic
		_, _ = script.Parse(src, true)
	})
}
