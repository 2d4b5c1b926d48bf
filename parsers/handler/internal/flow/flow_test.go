package flow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/flow"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/ir"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/python"
	"github.com/apigwlint/apigwlint/parsers/handler/internal/script"
	"github.com/apigwlint/apigwlint/source"
	"github.com/apigwlint/apigwlint/tri"
)

// modules are sources by file name.
type modules map[string]*flow.Module

func (m modules) Import(_ *flow.Module, name string) *flow.Module {
	for _, ext := range []string{"", ".py", ".js", ".ts"} {
		if got := m[strings.TrimPrefix(name, "./")+ext]; got != nil {
			return got
		}
	}
	return nil
}

func (modules) Member(*flow.Module, string) *flow.Module { return nil }

func module(t *testing.T, name, src string) *flow.Module {
	t.Helper()
	var body []ir.Stmt
	var err error
	isPython := strings.HasSuffix(name, ".py")
	if isPython {
		body, err = python.Parse(src)
	} else {
		body, err = script.Parse(src, strings.HasSuffix(name, ".ts"))
	}
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	f := source.NewFile(name, []byte(src))
	return &flow.Module{Name: name, Python: isPython, Body: body, Span: func(p ir.Pos) source.Span { return f.Span(p.Start, p.End) }}
}

// show writes what a handler returns on one line.
func show(h *model.Handler) string {
	if h.Found == tri.No {
		return "not there"
	}
	var out []string
	for o := range h.Responses.All() {
		if o.Meant != tri.Yes {
			out = append(out, "perhaps "+data(o.Data))
			continue
		}
		out = append(out, data(o.Data))
	}
	slices.Sort(out)
	if !h.Responses.IsClosed() {
		out = append(out, "…")
	}
	for f := range h.Faults.All() {
		out = append(out, "fails "+f.Name)
	}
	for r := range h.Requires.All() {
		out = append(out, "needs "+strings.Join(r.Path, "."))
	}
	return strings.Join(out, " | ")
}

func data(d *model.Data) string {
	k, ok := d.Kind.Get()
	if !ok {
		return "?"
	}
	if s, ok := d.Text.Get(); ok {
		if k == model.StringData {
			return fmt.Sprintf("%q", s)
		}
		return s
	}
	if k != model.ObjectData {
		return string(k)
	}
	var fields []string
	for e := range d.Fields.All() {
		fields = append(fields, e.Key.String()+": "+data(e.Value))
	}
	if !d.Fields.IsClosed() {
		fields = append(fields, "…")
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// check runs cases: sources of one handler each and what is known of it.
func check(t *testing.T, name string, more modules, cases []struct{ name, src, want string }) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := show(flow.Analyze(more, module(t, name, c.src), "handler")); got != c.want {
				t.Errorf("got  %s\nwant %s\nin %s", got, c.want, c.src)
			}
		})
	}
}

func TestPython(t *testing.T) {
	more := modules{"lib.http.py": module(t, "lib.http.py", "import json\n\ndef ok(body, status=200):\n    return dict(statusCode=status, body=json.dumps(body))\n")}
	more["lib.http"] = more["lib.http.py"]
	check(t, "app.py", more, []struct{ name, src, want string }{
		{"literal", "def handler(event, context):\n    return {'statusCode': 200, 'body': {'a': 1}}\n", "{statusCode: 200, body: {a: 1}}"},
		{"dumps", "import json\ndef handler(event, context):\n    return {'statusCode': 200, 'body': json.dumps({'a': 1})}\n", "{statusCode: 200, body: string}"},
		{"falls off the end", "def handler(event, context):\n    print(event)\n", "null"},
		{"import", "from lib.http import ok\ndef handler(event, context):\n    return ok({'a': 1})\n", "{statusCode: 200, body: string}"},
		{"import of a module", "import lib.http as http\ndef handler(event, context):\n    return http.ok([], status=201)\n", "{statusCode: 201, body: string}"},
		{"unknown import", "from other import ok\ndef handler(event, context):\n    return ok({'a': 1})\n", "…"},
		{"decorator", "from other import wrap\n@wrap\ndef handler(event, context):\n    return {'a': 1}\n", "…"},
		{"decorator that hands on", "from aws_lambda_powertools import Logger\nlogger = Logger()\n@logger.inject_lambda_context\ndef handler(event, context):\n    return {'a': 1}\n", "{a: 1}"},
		{"assigned", "def handler(event, context):\n    r = {}\n    r['statusCode'] = 200\n    r['body'] = [1]\n    return r\n", "{statusCode: 200, body: list}"},
		{"unknown key", "def handler(event, context):\n    r = {'body': 1}\n    r[event['k']] = 200\n    return r\n", "{…} | needs k"},
		{"given away", "import other\ndef handler(event, context):\n    r = {'body': {}}\n    other.fill(r)\n    return r\n", "{…}"},
		{"logged", "import logging\nlogger = logging.getLogger()\ndef handler(event, context):\n    r = {'body': 'x'}\n    logger.info(r)\n    print(r)\n    return r\n", "{body: \"x\"}"},
		{"update", "def handler(event, context):\n    r = {'a': 1}\n    r.update({'b': 2}, c=3)\n    return r\n", "{a: 1, b: 2, c: 3}"},
		{"spread", "BASE = {'statusCode': 200}\ndef handler(event, context):\n    return {**BASE, 'body': 'x'}\n", "{statusCode: 200, body: \"x\"}"},
		{"branches", "def handler(event, context):\n    if event['a']:\n        return {'a': 1}\n    return {'b': 2}\n", "{b: 2} | … | needs a"},
		{"branches on a property of the gateway", "def handler(event, context):\n    if event['body']:\n        return {'a': 1}\n    return {'b': 2}\n", "{a: 1} | {b: 2} | needs body"},
		{"other callers", "def handler(event, context):\n    if 'Records' in event:\n        return 'done'\n    return {'b': 2}\n", "{b: 2} | …"},
		{"other callers, asked the other way", "def handler(event, context):\n    if 'httpMethod' not in event:\n        return 'direct'\n    return {'b': 2}\n", "{b: 2} | …"},
		{"anybody", "def handler(event, context):\n    if not event:\n        return 'warm'\n    return {'b': 2}\n", "…"},
		{"other callers, asked of what was derived", "def handler(event, context):\n    is_api = bool(event.get('requestContext'))\n    if is_api:\n        return {'statusCode': 200}\n    return {'direct': 1}\n", "perhaps {direct: 1} | {statusCode: 200}"},
		{"other callers, asked of a part", "def handler(event, context):\n    detail = event.get('detail') or {}\n    if detail.get('kind') == 'x':\n        return 'done'\n    return {'statusCode': 200}\n", "perhaps \"done\" | {statusCode: 200}"},
		{"other callers, by what is missing", "def handler(event, context):\n    try:\n        method = event['httpMethod']\n    except KeyError:\n        return {'direct': True}\n    return {'statusCode': 200, 'body': method}\n", "perhaps {direct: true} | {statusCode: 200, body: ?}"},
		{"a helper asks", "def is_http(event):\n    return 'httpMethod' in event\ndef handler(event, context):\n    if not is_http(event):\n        return {'processed': 1}\n    return {'statusCode': 200}\n", "…"},
		{"what callers send", "import json\ndef handler(event, context):\n    body = json.loads(event['body'])\n    if not body.get('name'):\n        return {'error': 'no name'}\n    return {'statusCode': 200}\n", "{error: \"no name\"} | {statusCode: 200} | needs body"},
		{"type asked", "import json\ndef ok(body):\n    if isinstance(body, dict):\n        body = json.dumps(body)\n    return {'body': body}\ndef handler(event, context):\n    return ok({'a': 1})\n", "{body: ?}"},
		{"type asked, returned", "def ok(body):\n    if isinstance(body, str):\n        return {'body': body}\n    return body\ndef handler(event, context):\n    return ok({'a': 1})\n", "…"},
		{"default decides", "def ok(body, raw=False):\n    if raw:\n        return body\n    return {'body': 'x'}\ndef handler(event, context):\n    return ok({'a': 1})\n", "{body: \"x\"}"},
		{"result asked", "def find():\n    return {'a': 1}\ndef handler(event, context):\n    r = find()\n    if r.get('statusCode'):\n        return r\n    return {'statusCode': 200}\n", "…"},
		{"replaced default", "def handler(event, context):\n    r = {'a': 1}\n    if event['body']:\n        r = {'b': 2}\n    return r\n", "{b: 2} | … | needs body"},
		{"try", "def handler(event, context):\n    try:\n        r = {'a': 1}\n    except Exception as e:\n        r = {'b': str(e)}\n    return r\n", "{a: 1} | {b: string}"},
		{"loop", "def handler(event, context):\n    out = []\n    for x in event['body']:\n        out.append(x)\n    return {'body': out}\n", "{body: list} | needs body"},
		{"loop that replaces", "import json\ndef handler(event, context):\n    body = {}\n    for x in range(3):\n        body = json.dumps(body)\n    return {'body': body}\n", "{body: ?}"},
		{"comprehension", "def handler(event, context):\n    return {'body': [x for x in (1, 2)]}\n", "{body: list}"},
		{"tuple", "def find():\n    return 200, 'x'\ndef handler(event, context):\n    status, body = find()\n    return {'statusCode': status, 'body': body}\n", "{statusCode: 200, body: \"x\"}"},
		{"global", "CACHE = None\ndef handler(event, context):\n    global CACHE\n    if CACHE is None:\n        CACHE = {'a': 1}\n    return CACHE\n", "{a: 1} | …"},
		{"condition", "def handler(event, context):\n    return {'body': 'x' if event['body'] else {}}\n", "{body: ?} | needs body"},
		{"match", "def handler(event, context):\n    match event['httpMethod']:\n        case 'GET':\n            return {'a': 1}\n        case _:\n            return {'b': 2}\n", "{a: 1} | {b: 2} | needs httpMethod"},
		{"raise", "def handler(event, context):\n    if not event['body']:\n        raise ValueError('empty')\n    return {}\n", "{} | fails ValueError(\"empty\") | needs body"},
		{"raise in a helper, caught", "def find():\n    raise ValueError('x')\ndef handler(event, context):\n    try:\n        find()\n    except ValueError:\n        pass\n    return {}\n", "{}"},
		{"get", "def handler(event, context):\n    return {'body': event.get('httpMethod')}\n", "{body: ?}"},
		{"read in a branch", "def handler(event, context):\n    if event.get('rawPath'):\n        return {'a': event['rawPath']}\n    return {'a': event['path']}\n", "{a: ?} | …"},
		{"recursion", "def f(x):\n    return f(x)\ndef handler(event, context):\n    return f({})\n", "…"},
		{"class", "class H:\n    def run(self, event):\n        return {'a': 1}\ndef handler(event, context):\n    return H().run(event)\n", "…"},
		{"wrapped", "from mangum import Mangum\nhandler = Mangum(app)\n", "…"},
		{"generator", "def handler(event, context):\n    yield 1\n", "…"},
		{"missing", "def main(event, context):\n    return {}\n", "not there"},
		{"star import", "from other import *\n", "…"},
		{"suppress", "import contextlib\ndef handler(event, context):\n    with contextlib.suppress(KeyError):\n        return {'a': event['x']}\n    return {'b': 2}\n", "{a: ?} | …"},
		{"main", "def handler(event, context):\n    return {}\nif __name__ == '__main__':\n    handler = None\n", "{}"},
	})
}

func TestJavaScript(t *testing.T) {
	more := modules{
		"http.js": module(t, "http.js", "exports.ok = (body, status = 200) => ({ statusCode: status, body: JSON.stringify(body) });\nmodule.exports.raw = (body) => ({ statusCode: 200, body });\n"),
		"esm.ts":  module(t, "esm.ts", "export const base: Record<string, unknown> = { statusCode: 200 };\nexport default function (x: string): string { return x as string; }\n"),
	}
	check(t, "index.js", more, []struct{ name, src, want string }{
		{"literal", "exports.handler = async (event) => ({ statusCode: 200, body: { a: 1 } });", "{statusCode: 200, body: {a: 1}}"},
		{"stringify", "exports.handler = async () => { return { statusCode: 200, body: JSON.stringify({}) }; };", "{statusCode: 200, body: string}"},
		{"undefined", "exports.handler = async () => ({ statusCode: 200, body: undefined });", "{statusCode: 200}"},
		{"require", "const { ok } = require('./http');\nexports.handler = async () => ok({ a: 1 });", "{statusCode: 200, body: string}"},
		{"require, raw", "const http = require('./http');\nmodule.exports = { handler: async () => http.raw([1]) };", "{statusCode: 200, body: list}"},
		{"import", "import id, { base } from './esm';\nexport const handler = async () => ({ ...base, body: id('x') });", "{statusCode: 200, body: \"x\"}"},
		{"default parameter and spread", "const r = (body, headers = {}) => ({ statusCode: 200, headers: { A: 'b', ...headers }, body });\nexport const handler = async () => r('x');", "{statusCode: 200, headers: {A: \"b\"}, body: \"x\"}"},
		{"unknown spread", "export const handler = async (event) => ({ statusCode: 200, ...event.x, body: 'x' });", "{statusCode: ?, body: \"x\", …}"},
		{"callback", "exports.handler = (event, context, callback) => { callback(null, { a: 1 }); };", "{a: 1}"},
		{"callback in a function given away", "const db = require('db');\nexports.handler = (event, context, callback) => { db.get(1, (err, x) => { if (err) { callback(err); return; } callback(null, 'done'); }); };", "\"done\" | …"},
		{"callback given away", "const db = require('db');\nexports.handler = (event, context, callback) => { db.get(1, callback); };", "…"},
		{"context.succeed", "exports.handler = function (event, context) { context.succeed('x'); };", "\"x\""},
		{"never answers", "exports.handler = (event) => { console.log(event); };", "null"},
		{"context given away", "const app = require('app');\nexports.handler = (event, context) => { app.serve(event, context); };", "…"},
		{"all arguments", "const inner = (event, context, cb) => { cb(null, {}); };\nexports.handler = (...args) => { inner(...args); };", "…"},
		{"arguments", "exports.handler = function () { inner.apply(null, arguments); };", "…"},
		{"callback in a property", "exports.handler = (event, context, callback) => { const r = open(); r.onload = () => callback(null, 'x'); };", "\"x\""},
		{"callback in a class", "exports.handler = (event, context, callback) => { class H { run() { callback(null, {}); } } new H().run(); };", "…"},
		{"callback in a generator", "const co = require('co');\nexports.handler = (event, context, callback) => { co(function* () { callback(null, {}); }); };", "…"},
		{"label", "exports.handler = async (event) => { a: { if (event.body) break a; return 'x'; } return {}; };", "\"x\" | …"},
		{"the context asked", "exports.handler = async (event, context) => { if (context.clientContext) return 'warm'; return { statusCode: 200 }; };", "perhaps \"warm\" | {statusCode: 200}"},
		{"wrapped by a function of the file", "const wrap = (fn) => async (event) => { try { const r = await fn(event); return { statusCode: 200, body: JSON.stringify(r) }; } catch (e) { return { statusCode: e.code || 500, body: e.message }; } };\nexports.handler = wrap(async (event) => ({ items: [] }));", "{statusCode: 200, body: string} | {statusCode: ?, body: ?}"},
		{"ignored return", "exports.handler = (event) => { return { a: 1 }; };", "…"},
		{"promise", "exports.handler = (event) => Promise.resolve({ a: 1 });", "{a: 1}"},
		{"new promise", "exports.handler = (event) => new Promise((resolve, reject) => { setTimeout(() => resolve({ a: 1 }), 5); });", "{a: 1}"},
		{"then", "const db = require('db');\nexports.handler = (event) => db.get().then((x) => ({ a: x })).catch((e) => ({ b: 2 }));", "{a: ?} | {b: 2}"},
		{"helper that is async", "async function find() { return { a: 1 }; }\nexports.handler = (event) => find();", "{a: 1}"},
		{"await", "async function find() { return 'x'; }\nexports.handler = async () => ({ body: await find() });", "{body: \"x\"}"},
		{"let in try", "exports.handler = async (event) => { let r; try { r = { a: 1 }; } catch (e) { r = { b: 2 }; } finally { console.log('x'); } return r; };", "{a: 1} | {b: 2}"},
		{"two conditions", "exports.handler = async (event) => { let r; if (event.body) r = { a: 1 }; if (!event.body) r = { b: 2 }; return r; };", "{b: 2} | …"},
		{"switch", "exports.handler = async (event) => { switch (event.httpMethod) { case 'GET': return { a: 1 }; case 'PUT': case 'POST': return { b: 2 }; default: return { c: 3 }; } };", "{a: 1} | {b: 2} | {c: 3}"},
		{"switch with break", "exports.handler = async (event) => { let body; switch (event.httpMethod) { case 'GET': body = 'x'; break; default: body = 'y'; } return { body }; };", "{body: string}"},
		{"warm", "exports.handler = async (event) => { if (event.source === 'warmup') { return 'warm'; } return { a: 1 }; };", "{a: 1} | …"},
		{"warm, destructured", "exports.handler = async ({ warmer, body }) => { if (warmer) return 'warm'; return { a: 1 }; };", "{a: 1} | …"},
		{"typeof", "const r = (body) => ({ body: typeof body === 'string' ? body : JSON.stringify(body) });\nexports.handler = async () => r({ a: 1 });", "{body: ?}"},
		{"assign", "exports.handler = async () => Object.assign({ a: 1 }, { b: 2 });", "{a: 1, b: 2}"},
		{"array methods", "exports.handler = async (event) => ({ body: [1, 2].map((x) => x + 1) });", "{body: list}"},
		{"template", "exports.handler = async (event) => ({ body: `hello ${event.body}` });", "{body: string}"},
		{"optional member", "exports.handler = async (event) => ({ body: event.requestContext?.http?.method });", "{body: ?}"},
		{"required member", "exports.handler = async (event) => ({ body: event.requestContext.http.method });", "{body: ?} | needs requestContext | needs requestContext.http"},
		{"middy", "import middy from '@middy/core';\nexport const handler = middy(async () => ({ a: 1 })).use(x());", "…"},
		{"streams", "exports.handler = awslambda.streamifyResponse(async () => {});", "…"},
		{"throw", "exports.handler = async (event) => { if (!event.body) throw new Error('empty'); return {}; };", "{} | fails Error(\"empty\")"},
		{"throw, caught by the caller", "async function check() { throw new Error('x'); }\nexports.handler = async (event) => { check().catch(console.log); return {}; };", "{}"},
		{"reassigned outside", "let r = { a: 1 };\nexports.handler = async (event) => { if (event.body) { r = 'x'; } return r; };", "\"x\" | …"},
		{"not exported", "exports.main = async () => ({});", "not there"},
		{"exported by name", "async function handle() { return { a: 1 }; }\nexport { handle as handler };", "{a: 1}"},
		{"reexported", "export * from 'other';", "…"},
		{"dynamic exports", "Object.assign(module.exports, require('other'));", "…"},
		{"hoisted", "exports.handler = handle;\nasync function handle() { return done(); function done() { return { a: 1 }; } }", "{a: 1}"},
		{"class", "class H { async handle() { return { a: 1 }; } }\nexports.handler = new H().handle;", "…"},
		{"delete", "exports.handler = async () => { const r = { a: 1, b: 2 }; delete r.b; return r; };", "{a: 1}"},
		{"finally returns", "exports.handler = async () => { try { return 'x'; } finally { return { a: 1 }; } };", "{a: 1} | …"},
	})
}

func TestTypeScript(t *testing.T) {
	check(t, "index.ts", nil, []struct{ name, src, want string }{
		{"types", "import type { Handler } from 'aws-lambda';\ninterface R<T extends object = {}> { statusCode: number; body?: T }\nexport const handler: Handler = async <T,>(event: { body: string | null }): Promise<R<Record<string, T[]>>> => {\n  const x = event.body!.trim() as unknown as string;\n  return { statusCode: 200, body: <any>{ x } };\n};", "{statusCode: 200, body: {x: ?}} | needs body"},
		{"enum", "enum Status { Ok = 200 }\nexport async function handler(this: void, e?: any) { return { statusCode: Status.Ok, body: 'x' satisfies string }; }", "{statusCode: ?, body: \"x\"}"},
		{"overload", "function f(x: string): string;\nfunction f(x: number): string;\nfunction f(x: any): string { return `${x}`; }\nexport const handler = async () => ({ body: f(1) });", "{body: string}"},
	})
}

// TestBounds holds programs that grow without end to the bounds.
func TestBounds(t *testing.T) {
	var b strings.Builder
	b.WriteString("def handler(event, context):\n    x = event\n")
	for i := range 3000 {
		fmt.Fprintf(&b, "    if event['k%d']:\n        x%d = %d\n", i, i, i)
	}
	b.WriteString("    return {}\n")
	h := flow.Analyze(modules{}, module(t, "app.py", b.String()), "handler")
	if h.Responses.IsClosed() {
		t.Error("a program past the bounds is said to be understood")
	}
}

// BenchmarkHandler reads and follows a handler of 200 lines.
func BenchmarkHandler(b *testing.B) {
	var src strings.Builder
	src.WriteString("import json\nfrom lib.http import ok\n\ndef handler(event, context):\n    body = json.loads(event['body'] or '{}')\n")
	for i := range 39 {
		fmt.Fprintf(&src, "    if body.get('kind') == 'k%d':\n        item = {'id': %d, 'tags': [t for t in body['tags']]}\n        for tag in item['tags']:\n            print(f'{tag} of {item}')\n        return {'statusCode': 200, 'body': json.dumps(item)}\n", i, i)
	}
	src.WriteString("    return {'statusCode': 404, 'body': ''}\n")
	for b.Loop() {
		body, err := python.Parse(src.String())
		if err != nil {
			b.Fatal(err)
		}
		f := source.NewFile("app.py", []byte(src.String()))
		m := &flow.Module{Name: "app.py", Python: true, Body: body, Span: func(p ir.Pos) source.Span { return f.Span(p.Start, p.End) }}
		if h := flow.Analyze(modules{}, m, "handler"); h.Responses.Len() != 40 {
			b.Fatalf("%d responses", h.Responses.Len())
		}
	}
}

// FuzzAnalyze follows whatever can be parsed.
func FuzzAnalyze(f *testing.F) {
	for _, src := range []string{
		"def handler(event, context):\n    try:\n        for x in event['a']:\n            if x: return {'a': x}\n            else: break\n    except E as e:\n        raise\n    finally:\n        pass\n",
		"def handler(event, context):\n    def f(g, *a, b=1, **k):\n        return g(f, *a, **k)\n    with f(f) as (x, y): x[y] += f\n    del x[0], y\n    while True: pass\n",
	} {
		f.Add(src, true)
	}
	for _, src := range []string{
		"exports.handler = async ({ a: { b = 1, ...c } }, context, cb) => { for (const [k, v] of a) { switch (k) { case 1: continue; default: break; } } return new Promise((r) => r(cb(null, { ...c, [k]: v }))); };",
		"export const handler = (e, c, cb) => cb(null, f(f)); function f(g) { try { return g(g).then(f).catch(cb).finally(c.done); } finally { delete g.x; } }",
	} {
		f.Add(src, false)
	}
	f.Fuzz(func(t *testing.T, src string, isPython bool) {
		var body []ir.Stmt
		var err error
		if isPython {
			body, err = python.Parse(src)
		} else {
			body, err = script.Parse(src, true)
		}
		if err != nil {
			return
		}
		file := source.NewFile("x", []byte(src))
		m := &flow.Module{Name: "x", Python: isPython, Body: body, Span: func(p ir.Pos) source.Span { return file.Span(p.Start, p.End) }}
		first, second := flow.Analyze(modules{"./x": m}, m, "handler"), flow.Analyze(modules{"./x": m}, m, "handler")
		if show(first) != show(second) {
			t.Errorf("%s, then %s", show(first), show(second))
		}
	})
}
