package source_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/source"
)

func TestPositions(t *testing.T) {
	f := source.NewFile("a.yaml", []byte("a: 1\r\nRésumé: {x: 2}\n"))
	off := f.Offset(2, 10)
	if got := f.Span(off, off+1).Text(); got != "x" {
		t.Fatalf("line 2, rune 10 is %q", got)
	}
	s := f.Span(off, off+1)
	if s.Line() != 2 || s.Column() != 10 {
		t.Errorf("position is %d:%d", s.Line(), s.Column())
	}
	if got := f.Line(1); got != "a: 1" {
		t.Errorf("line 1 is %q", got)
	}
	if got := f.Line(3); got != "" || f.Lines() != 3 {
		t.Errorf("line 3 of %d is %q", f.Lines(), got)
	}
}

func TestByteOrderMarkIsNoColumn(t *testing.T) {
	f := source.NewFile("a.yaml", []byte("\uFEFFa: 1\n"))
	if off := f.Offset(1, 1); f.Span(off, off+1).Text() != "a" {
		t.Errorf("line 1, column 1 is %q", f.Span(off, off+1).Text())
	}
}

func TestOutsideTheFile(t *testing.T) {
	f := source.NewFile("a", []byte("abc"))
	for _, s := range []source.Span{f.Span(-1, 2), f.Span(2, 99), f.Span(9, 1)} {
		if s.Start < 0 || s.End > 3 || s.Start > s.End {
			t.Errorf("%d-%d leaves the file", s.Start, s.End)
		}
	}
	if (source.Span{}).Line() != 0 || (source.Span{}).String() != "-" {
		t.Error("the zero span is no place")
	}
}
