// SPDX-License-Identifier: EUPL-1.2

package casework

import (
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/protect/casework/field"
)

type codedForm struct {
	Forms []string `form:"forms"`
	Means []string `form:"means"`
	Where string   `form:"where"`
	Apart string   `form:"apart"`
}

// codedSheet asks what happened, in codes. Nothing in it has to be answered, and nobody is asked again for it: it is filled in
// from what is in the account already.
var codedSheet = sheet[codedForm]{path: "answers", notice: "casework.saved.coded",
	start: func(c *caseRequest) (codedForm, error) {
		v := c.person.Coded
		f := codedForm{Forms: v.Forms, Means: v.Means, Where: v.Where}
		if v.Apart {
			f.Apart = "true"
		}
		return f, nil
	},
	form: func(c *caseRequest, v codedForm) (*field.Form, error) {
		f := c.newForm("answers", "casework.coded.title", "casework.save")
		f.Lead = c.t("casework.coded.lead")
		f.Checks("forms", "casework.coded.forms", v.Forms, field.Options(c.r.L, "casework.form", forms))
		f.Checks("means", "casework.coded.means", v.Means, field.Options(c.r.L, "casework.mean", means))
		f.Select("where", "casework.coded.where", v.Where, countries(c.r.L)).Optional()
		f.Check("apart", "casework.coded.apart", v.Apart == "true")
		return f, nil
	},
	drafts: func(c *caseRequest, v codedForm) ([]store.Draft, error) {
		if c.r.Method == "POST" { // a box without a tick is not sent
			v.Forms, v.Means, v.Apart = c.r.PostForm["forms"], c.r.PostForm["means"], c.r.PostForm.Get("apart")
		}
		return []store.Draft{{Type: CodedType, Payload: Coded{Forms: v.Forms, Means: v.Means, Where: v.Where, Apart: v.Apart == "true"}}}, nil
	},
}

// codedPanel is what happened in codes, as it is counted.
func (c *caseRequest) codedPanel() Panel {
	p := Panel{ID: "answers", Title: c.t("casework.coded.title"), Hint: c.t("casework.notes.account.readers"), Place: InNotes, Empty: &page.Empty{Title: c.t("casework.coded.none")},
		Actions: c.only(page.Action{Text: c.t("casework.change"), Href: c.path("/answers"), Icon: "edit"})}
	if c.hides(journal.D3) {
		p.Facts = []page.Fact{{Term: p.Title, Withheld: c.t("casework.withheld.none")}}
		return p
	}
	p.Facts = c.codedFacts()
	return p
}

func (c *caseRequest) codedFacts() []page.Fact {
	v := c.person.Coded
	var out []page.Fact
	add := func(key, text string) {
		if text != "" {
			out = append(out, page.Fact{Term: c.t(key), Text: text})
		}
	}
	add("casework.coded.forms", c.words("casework.form", v.Forms))
	add("casework.coded.means", c.words("casework.mean", v.Means))
	add("casework.coded.where", c.r.L.Country(v.Where))
	if v.Apart {
		add("casework.coded.counted", c.t("casework.coded.apart"))
	}
	return out
}

func (c *caseRequest) words(prefix string, codes []string) string {
	var out []string
	for _, code := range codes {
		out = append(out, c.word(prefix, code))
	}
	return c.r.L.List(out)
}
