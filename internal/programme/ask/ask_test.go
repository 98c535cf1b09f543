// SPDX-License-Identifier: EUPL-1.2

package ask_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/party"
	"github.com/entraide-thb/entraide/internal/programme/ask"
	"github.com/entraide-thb/entraide/internal/programme/register"
	"github.com/entraide-thb/entraide/internal/programme/wording"
)

type sort string

// told is a payload with one thing of each kind.
type told struct {
	Name      wording.Text
	Sort      sort
	Audiences []sort
	Countries []string
	By        journal.ID
	Law       string
	Since     party.PartialDate
	Until     party.PartialDate
	Activity  string
	Source    party.Source
	Link      string
}

func (x *told) asks() *ask.List {
	sorts := []sort{"a", "b"}
	return ask.Of("room", x, ask.Language(&x.Name), ask.Title("name", &x.Name, 10), ask.Code("sort", &x.Sort, sorts), ask.ManyCodes("audiences", &x.Audiences, sorts).Wants("audience"), ask.Countries(&x.Countries),
		ask.Organisation("by", &x.By).Maybe().FormAlone(), ask.Words("law", &x.Law, 5).Maybe(), ask.Date("since", &x.Since), ask.Date("until", &x.Until).Maybe().Since(&x.Since), ask.Activity(&x.Activity),
		ask.Source(&x.Source), ask.Link(&x.Link)).
		And(func(fs *fault.Fields) {
			if x.Law == "b" && x.Sort != "b" {
				fs.Add("law", "room.want.b")
			}
		})
}

func right() told {
	return told{Name: wording.New("en", "A name"), Sort: "a", Countries: []string{"AL"}, Since: party.PartialDate{Year: 2020}, Until: party.PartialDate{Year: 2021}, Activity: "X-02", Source: party.Source{Document: "A letter"}, Link: "https://example.org"}
}

// TestEachThingIsCheckedWhereItIsDeclared: what is right passes; each thing that is wrong is told under its own name, by its own key.
func TestEachThingIsCheckedWhereItIsDeclared(t *testing.T) {
	faults := func(x told) (out []string) {
		var fs fault.Fields
		x.asks().Check(&fs, nil)
		for _, f := range fs {
			out = append(out, f.Name+" "+f.Key)
		}
		return out
	}
	if got := faults(right()); got != nil {
		t.Errorf("what is right: %v", got)
	}
	for want, spoil := range map[string]func(x *told){
		"name wording.need.text":           func(x *told) { x.Name = wording.Text{} },
		"name wording.need.shorter":        func(x *told) { x.Name = wording.New("en", strings.Repeat("x", 11)) },
		"sort room.want.sort":              func(x *told) { x.Sort = "c" },
		"audiences room.want.audience":     func(x *told) { x.Audiences = []sort{"a", "c"} },
		"countries programme.need.country": func(x *told) { x.Countries = []string{"Albania"} },
		"law room.want.law":                func(x *told) { x.Law = "123456" },
		"law room.want.b":                  func(x *told) { x.Law = "b" },
		"since room.want.since":            func(x *told) { x.Since, x.Until = party.PartialDate{}, party.PartialDate{} },
		"until party.date.order":           func(x *told) { x.Until = party.PartialDate{Year: 2019} },
		"activity programme.need.code":     func(x *told) { x.Activity = "not a code" },
		"source party.source.document":     func(x *told) { x.Source = party.Source{} },
		"link register.want.link":          func(x *told) { x.Link = "example.org" },
	} {
		x := right()
		spoil(&x)
		if got := faults(x); !slices.Equal(got, []string{want}) {
			t.Errorf("%v, not %s", got, want)
		}
	}
	unsorted := right()
	unsorted.Sort = ""
	if got := faults(unsorted); !slices.Equal(got, []string{"sort room.want.sort"}) {
		t.Errorf("a code that is needed and not said: %v", got)
	}
}

// TestAFileHasWhatTheFormAsks: in the order of the form, with what is needed, and without what is for the form alone.
func TestAFileHasWhatTheFormAsks(t *testing.T) {
	all, needed := new(told).asks().Columns()
	if want := strings.Fields("language name sort audiences countries law since until activity source lines link"); !slices.Equal(all, want) {
		t.Errorf("columns %v", all)
	}
	if want := strings.Fields("language name sort since source"); !slices.Equal(needed, want) {
		t.Errorf("needed %v", needed)
	}
	if want := strings.Fields("name sort audiences countries by law since until activity source link"); !slices.Equal(new(told).asks().Names(), want) {
		t.Errorf("fields of the payload %v", new(told).asks().Names())
	}
	x := right()
	if got := x.asks().Payload(); got != &x || !reflect.DeepEqual(*got.(*told), right()) {
		t.Error("the payload is not what was declared")
	}
}

// TestWhatIsNotOfferedStays: a form that does not ask for a record leaves the one that is named.
func TestWhatIsNotOfferedStays(t *testing.T) {
	named := journal.ID{1}
	ask.Of("room", &named, ask.Record("office", &named, nil)).Read(new(register.Typed))
	if named.IsZero() {
		t.Error("it is gone")
	}
}
