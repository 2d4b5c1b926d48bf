package model_test

import (
	"testing"

	"github.com/apigwlint/apigwlint/model"
	"github.com/apigwlint/apigwlint/tri"
	"github.com/apigwlint/apigwlint/value"
)

func TestThrottleCovers(t *testing.T) {
	for _, tt := range []struct {
		kind         model.Kind
		method, path string
		throttle     string
		want         tri.Bool
	}{
		{model.REST, "GET", "/orders", "*/*", tri.Yes},
		{model.REST, "GET", "/orders", "~1orders/GET", tri.Yes},
		{model.REST, "GET", "/orders", "orders/GET", tri.Yes},
		{model.REST, "GET", "/orders/{id}", "orders~1{id}/GET", tri.Yes},
		{model.REST, "GET", "/orders", "orders/*", tri.Yes},
		{model.REST, "GET", "/orders", "*/GET", tri.Yes},
		{model.REST, "GET", "/", "~1/GET", tri.Yes},
		{model.REST, "GET", "/orders", "orders/POST", tri.No},
		{model.REST, "GET", "/orders", "tours/GET", tri.No},
		{model.REST, "GET", "/${stage}", "tours/GET", tri.Maybe},
		{model.REST, "GET", "/orders", "${route}", tri.Maybe},
		{model.HTTP, "GET", "/orders", "GET /orders", tri.Yes},
		{model.HTTP, "GET", "/orders", "POST /orders", tri.No},
		{model.HTTP, "", "$default", "$default", tri.Yes},
		{model.WebSocket, "", "$connect", "$connect", tri.Yes},
		{model.WebSocket, "", "$connect", "$default", tri.No},
		{"", "GET", "/orders", "GET /orders", tri.Maybe},
		{"", "GET", "/orders", "*/*", tri.Yes},
	} {
		_, _, route, _ := world(tt.kind, tt.method, tt.path)
		throttle := &model.Throttle{Route: text(tt.throttle)}
		if got := throttle.Covers(route); got != tt.want {
			t.Errorf("%s %s: %q covers it: %v, want %v", tt.kind, route.Key(), tt.throttle, got, tt.want)
		}
	}
}

func TestThrottleOf(t *testing.T) {
	_, _, route, _ := world(model.REST, "GET", "/orders")
	general, own, twin := &model.Throttle{Route: text("*/*")}, &model.Throttle{Route: text("orders/GET")}, &model.Throttle{Route: text("*/GET")}
	other, hidden := &model.Throttle{Route: text("tours/GET")}, &model.Throttle{Route: text("${route}")}
	for _, tt := range []struct {
		name    string
		all     value.Set[*model.Throttle]
		want    *model.Throttle
		certain tri.Bool
	}{
		{"none", value.Closed[*model.Throttle](), nil, tri.Yes},
		{"general", value.Closed(other, general), general, tri.Yes},
		{"own after general", value.Closed(general, own), own, tri.Yes},
		{"own before general", value.Closed(own, general), own, tri.Yes},
		{"two of its own", value.Closed(own, twin), own, tri.Maybe},
		{"perhaps another", value.Closed(general, hidden), general, tri.Maybe},
		{"more elsewhere", value.Open(general), general, tri.Maybe},
	} {
		s := &model.Stage{Throttles: tt.all}
		if got, certain := s.ThrottleOf(route); got != tt.want || certain != tt.certain {
			t.Errorf("%s: %v, %v", tt.name, got, certain)
		}
	}
}

func TestMediaCovers(t *testing.T) {
	for _, tt := range []struct {
		binary, media string
		want          tri.Bool
	}{
		{"*/*", "application/json", tri.Yes},
		{"*/*", "${type}", tri.Yes},
		{"image/png", "image/png", tri.Yes},
		{"image/png", "Image/PNG; q=1", tri.Yes},
		{"image/*", "image/png", tri.Yes},
		{"image/*", "application/json", tri.No},
		{"image/png", "image/gif", tri.No},
		{"${type}", "image/gif", tri.Maybe},
		{"image/png", "${type}", tri.Maybe},
	} {
		if got := model.MediaCovers(text(tt.binary), text(tt.media)); got != tt.want {
			t.Errorf("%s covers %s: %v, want %v", tt.binary, tt.media, got, tt.want)
		}
	}
}

func TestSilent(t *testing.T) {
	fleet := func(size int, resized tri.Bool) *model.Fleet {
		return &model.Fleet{Size: value.Known(size, nowhere), Resized: resized}
	}
	group := func(targets value.Set[value.Text], fleets ...*model.Fleet) *model.TargetGroup {
		return &model.TargetGroup{Pool: model.Pool{Targets: targets, Fleets: value.Closed(fleets...)}}
	}
	none := value.Closed[value.Text]()
	for _, tt := range []struct {
		name   string
		groups value.Set[*model.TargetGroup]
		want   tri.Bool
	}{
		{"stopped", value.Closed(group(none, fleet(0, tri.No))), tri.Yes},
		{"empty", value.Closed(group(none)), tri.Yes},
		{"running", value.Closed(group(none, fleet(0, tri.No), fleet(1, tri.No))), tri.No},
		{"scaled", value.Closed(group(none, fleet(0, tri.Maybe))), tri.Maybe},
		{"size not known", value.Closed(group(none, &model.Fleet{Resized: tri.No})), tri.Maybe},
		{"a target", value.Closed(group(value.Closed(text("10.0.0.1")), fleet(0, tri.No))), tri.No},
		{"perhaps targets", value.Closed(group(value.Open[value.Text](), fleet(0, tri.No))), tri.Maybe},
		{"one of two", value.Closed(group(none), group(none, fleet(1, tri.No))), tri.No},
		{"answers itself", value.Open(group(none)), tri.Maybe},
		{"forwards nowhere", value.Closed[*model.TargetGroup](), tri.No},
	} {
		if got := (&model.Listener{Groups: tt.groups}).Silent(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
