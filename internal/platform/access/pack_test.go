// SPDX-License-Identifier: EUPL-1.2

package access_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

const nobodyReadsAccounts = `@id("no.accounts")
@why("Here nobody reads accounts of exploitation on a screen.")
forbid (principal, action == Action::"read", resource) when { context.kind == "person" && ["D3"].contains(context.category) };`

func TestAPackIsHeldAgainstWhatTheDoorKnows(t *testing.T) {
	rule := func(id, why, body string) string { return `@id("` + id + `") @why("` + why + `") ` + body }
	const why = "A sentence that somebody can read."
	for name, c := range map[string]struct{ src, key string }{
		"empty":              {"", "access.pack.size"},
		"too large":          {strings.Repeat(" ", access.MaxPack+1), "access.pack.size"},
		"no text":            {"\xff", "access.pack.size"},
		"no policies":        {"// nothing\n", "access.pack.count"},
		"not cedar":          {"forbid everything;", "access.pack.unreadable"},
		"a permit":           {rule("a", why, `permit (principal, action, resource);`), "access.pack.permits"},
		"no id":              {`@why("` + why + `") forbid (principal, action, resource) when { context.category == "D3" };`, "access.pack.id"},
		"a bad id":           {rule("A B", why, `forbid (principal, action, resource) when { context.category == "D3" };`), "access.pack.id"},
		"no reason":          {rule("a", "because", `forbid (principal, action, resource) when { context.category == "D3" };`), "access.pack.why"},
		"twice":              {rule("a", why, `forbid (principal, action, resource) when { context.category == "D3" };`) + rule("a", why, `forbid (principal, action, resource) when { context.category == "D4" };`), "access.pack.unreadable"},
		"unknown attribute":  {rule("a", why, `forbid (principal, action, resource) when { context.colour == "red" };`), "access.pack.schema"},
		"wrong type":         {rule("a", why, `forbid (principal, action, resource) when { context.roles == "case_manager" };`), "access.pack.schema"},
		"unknown action":     {rule("a", why, `forbid (principal, action == Action::"delete", resource);`), "access.pack.schema"},
		"unknown entity":     {rule("a", why, `forbid (principal == User::"ana", action, resource);`), "access.pack.schema"},
		"unknown category":   {rule("a", why, `forbid (principal, action, resource) when { context.category == "D33" };`), "access.pack.word"},
		"unknown in a set":   {rule("a", why, `forbid (principal, action, resource) when { ["D3", "D33"].contains(context.category) };`), "access.pack.word"},
		"unknown role":       {rule("a", why, `forbid (principal, action, resource) when { context.roles.contains("boss") };`), "access.pack.word"},
		"unknown roles":      {rule("a", why, `forbid (principal, action, resource) when { context.roles.containsAny(["case_manager", "boss"]) };`), "access.pack.word"},
		"unknown, turned":    {rule("a", why, `forbid (principal, action, resource) unless { "persons" == context.kind };`), "access.pack.word"},
		"shuts itself in":    {rule("a", why, `forbid (principal, action, resource);`), "access.pack.locks_out"},
		"keeps from leaving": {rule("a", why, `forbid (principal, action == Action::"write", resource) when { context.job == "operator" };`), "access.pack.locks_out"},
	} {
		_, err := policies(t).Admit("house", []byte(c.src))
		var f *fault.Fault
		if !errors.As(err, &f) || f.Key != c.key || f.Kind != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "House", "a/b", "../x", strings.Repeat("a", 41)} {
		if _, err := policies(t).Admit(name, []byte(nobodyReadsAccounts)); !fault.Is(err, fault.Invalid) {
			t.Errorf("the name %q: %v", name, err)
		}
	}
}

func TestAPackThatIsAdmittedBites(t *testing.T) {
	q, err := policies(t).Admit("house", []byte(nobodyReadsAccounts))
	if err != nil {
		t.Fatal(err)
	}
	r := personRequest(access.Assistance, access.CaseManager, access.AsManager, access.Read, journal.D3)
	d, why := q.Explain(r)
	if d.Allow || len(why) != 1 || why[0].ID != "house.no.accounts" {
		t.Errorf("%+v %+v", d, why)
	}
	if r.Category = journal.D2; !q.Authorize(r).Allow {
		t.Error("the pack forbids more than it says")
	}
	if len(q.Rules()) != len(policies(t).Rules())+1 {
		t.Error("the rules are not those of the base and one more")
	}
	if _, err := q.Admit("house", []byte(nobodyReadsAccounts)); err == nil {
		t.Error("the same pack is admitted twice")
	}
}
