package vtl

import "strings"

// callString calls a method of a known string; ok is false for what is not
// followed.
func (r *run) callString(s, name string, args []value, n Node) (out value, ok bool) {
	texts := make([]string, 0, 2)
	numbers := make([]int, 0, 2)
	for _, a := range args {
		switch a := a.(type) {
		case string:
			texts = append(texts, a)
		case int:
			numbers = append(numbers, a)
		default:
			if scalarMethods[name] {
				return r.anything(HoleScalar, r.source(n)), true
			}
			return nil, false
		}
	}
	switch {
	case len(args) == 0:
		return stringProperty(s, name)
	case len(texts) == 1 && len(args) == 1:
		return stringWith(s, name, texts[0])
	case len(numbers) == len(args) && name == "substring":
		return r.substring(s, numbers, n)
	case len(texts) == 2:
		switch name {
		case "replace":
			if texts[0] != "" {
				return strings.ReplaceAll(s, texts[0], texts[1]), true
			}
		case "replaceAll":
			if from, ok := literalPattern(texts[0]); ok && !strings.ContainsAny(texts[1], `$\`) {
				return strings.ReplaceAll(s, from, texts[1]), true
			}
		case "replaceFirst":
			if from, ok := literalPattern(texts[0]); ok && !strings.ContainsAny(texts[1], `$\`) {
				return strings.Replace(s, from, texts[1], 1), true
			}
		}
	}
	return nil, false
}

func stringProperty(s, name string) (value, bool) {
	switch name {
	case "length":
		if isASCII(s) {
			return len(s), true
		}
	case "isEmpty":
		return s == "", true
	case "toString":
		return s, true
	case "trim":
		return strings.TrimFunc(s, func(c rune) bool { return c <= ' ' }), true
	case "toLowerCase":
		if isASCII(s) {
			return strings.ToLower(s), true
		}
	case "toUpperCase":
		if isASCII(s) {
			return strings.ToUpper(s), true
		}
	}
	return nil, false
}

func stringWith(s, name, arg string) (value, bool) {
	switch name {
	case "equals":
		return s == arg, true
	case "equalsIgnoreCase":
		if isASCII(s) && isASCII(arg) {
			return strings.EqualFold(s, arg), true
		}
	case "contains":
		return strings.Contains(s, arg), true
	case "startsWith":
		return strings.HasPrefix(s, arg), true
	case "endsWith":
		return strings.HasSuffix(s, arg), true
	case "concat":
		return s + arg, true
	case "indexOf":
		if isASCII(s) {
			return strings.Index(s, arg), true
		}
	case "lastIndexOf":
		if isASCII(s) {
			return strings.LastIndex(s, arg), true
		}
	case "split":
		if sep, ok := literalPattern(arg); ok {
			return split(s, sep), true
		}
	}
	return nil, false
}

// split splits as Java does, which drops empty strings at the end.
func split(s, sep string) *list {
	parts := strings.Split(s, sep)
	for len(parts) > 1 && parts[len(parts)-1] == "" {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 1 && parts[0] == "" && s != "" {
		parts = nil
	}
	l := &list{array: true}
	for _, p := range parts {
		l.items = append(l.items, p)
	}
	return l
}

func (r *run) substring(s string, at []int, n Node) (value, bool) {
	if !isASCII(s) || len(at) == 0 {
		return nil, false
	}
	from, to := at[0], len(s)
	if len(at) > 1 {
		to = at[1]
	}
	if from < 0 || to > len(s) || from > to {
		r.fail(n, r.source(n)+" reads beyond the end of a string")
	}
	return s[from:to], true
}

// literalPattern returns what a regular expression matches that is nothing but
// characters, some of them escaped.
func literalPattern(p string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(p); i++ {
		c := p[i]
		if c == '\\' {
			i++
			if i == len(p) || isLetter(p[i]) || isDigit(p[i]) {
				return "", false
			}
			c = p[i]
		} else if strings.IndexByte(".$|()[]{}^?*+", c) >= 0 {
			return "", false
		}
		b.WriteByte(c)
	}
	return b.String(), b.Len() > 0
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
