package model

import (
	"slices"

	"github.com/apigwlint/apigwlint/internal/vtl"
	"github.com/apigwlint/apigwlint/value"
)

// A MockKind says what the request template of a MOCK integration makes of its
// statusCode. The zero value is: the files do not decide.
type MockKind int8

// What can be said of a template on every path through it.
const (
	MockUnknown MockKind = iota // it depends on the request, or is not readable
	MockStatus                  // an integer
	MockNone                    // no statusCode at all
	MockQuoted                  // a number in quotes, which is no integer
	MockBraces                  // a statusCode without the braces of an object
)

var mockKinds = map[vtl.MockKind]MockKind{
	vtl.MockInteger: MockStatus, vtl.MockMissing: MockNone, vtl.MockQuoted: MockQuoted, vtl.MockBare: MockBraces,
}

// A MockAnswer is the statusCode that a request template yields.
type MockAnswer struct {
	Kind  MockKind
	Codes []int  // of MockStatus: the status on each path, without repetitions
	Raw   string // the value as it is rendered on the first path
	// Start and End are where that value comes from in the template.
	Start, End int
}

// ReadMock finds the statusCode that a request template of a MOCK integration
// renders, on whatever path the request takes through it.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html
func ReadMock(template value.Text) MockAnswer {
	s, ok := template.Get()
	if !ok {
		return MockAnswer{}
	}
	tree, err := vtl.Parse(s)
	if err != nil {
		return MockAnswer{} // the fault itself is another matter
	}
	res := tree.Eval(vtl.Env{})
	if !res.Complete || len(res.Outcomes) == 0 {
		return MockAnswer{}
	}
	var out MockAnswer
	for i, o := range res.Outcomes {
		status := o.MockStatus()
		kind := mockKinds[status.Kind]
		if i == 0 {
			out = MockAnswer{Kind: kind, Raw: status.Raw, Start: status.Offset, End: status.End}
		}
		if kind == MockUnknown || kind != out.Kind {
			return MockAnswer{}
		}
		if kind == MockStatus && !slices.Contains(out.Codes, status.Code) {
			out.Codes = append(out.Codes, status.Code)
		}
	}
	return out
}
