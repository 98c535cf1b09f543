// SPDX-License-Identifier: EUPL-1.2

// Package register makes registers of the programme wing. A room declares one (Of): its columns, filters, what a record
// shows, and the forms that write to it; this package draws the list, narrowed by codes in its address and kept under
// names of the reader's own, the record with its history, the forms, undo of the last change, and files in CSV out and in.
//
// # A register in a page of code
//
// The room owns its dossier kind as everywhere: payloads, a fold to a state S, a guard, and a derived summary L that lists
// show (see need.go and kind.go of package need). Its pages are one declaration:
//
//	func Room(c Config) page.Room { return c.register().Pages() }
//
//	func (x *Made) asks() *ask.List {
//		return ask.Of("material", x, ask.Language(&x.Text), ask.Passage("text", &x.Text, MaxText), ask.Code("sort", &x.Sort, Sorts()), ask.Countries(&x.Countries), ask.Date("on", &x.On))
//	}
//
//	func (c Config) register() register.Of[Material, Line] {
//		return register.Of[Material, Line]{Room: "material", Kind: access.KindMaterial, Path: "/programme/materials", Icon: "photo", Store: c.Store, Names: c.Names,
//			Line:     func(m Material) (Line, bool) { return m.Summary(), m.Exists() },
//			Says:     func(l *Line) register.Asked { return l.asks() },
//			Order:    func(a, b register.Found[Line]) int { return strings.Compare(a.ID.String(), b.ID.String()) },
//			Columns:  []register.Column[Line]{{Name: "text", Said: register.AsLead, Under: "sort"}, {Name: "countries", Said: register.InBoth}, {Name: "on", Said: register.InFile}},
//			Filters:  []register.Filter{register.OneOf("state", "", "material.state.", States())},
//			Title:    func(v *register.See, l Line) page.Cell { return register.Excerpt(v.L, l.Text) },
//			State:    func(v *register.See, l Line) page.Mark { return page.Mark{Tone: page.Info, Text: v.T("state." + string(l.State))} },
//			Passages: func(v *register.See, m Material) []register.Passage { return register.Passages(v.L, v.T("text"), m.Made.Text) },
//			Facts:    func(v *register.See, m Material) []page.Fact { return m.Made.asks().Facts(v, "sort", "countries", "on") },
//			Past:     func(_ *register.See, m Material) []register.Event { return m.History },
//			Edit:     &register.Act[Material]{Type: MadeType, Again: register.Again[Made], Asks: func(m Material) register.Asked { return m.Made.asks() }},
//			Import:   &register.Import[Material]{Sample: sample, Same: "text", Known: []string{"sort", "text"}}}
//	}
//
// The guard of the kind checks by the same list: v.asks().Check(&fs, g).
//
// A list asks the database for what it shows and counts: a filter asks a code of the kind (of its own name, unless In says
// otherwise), and every record has the code OrderCode once, in whose order long lists are (InOrder). What follows from dates
// is a code that holds a day (DayAfter), asked for by ByNow, Yet or Within. Whoever changes what derive gives raises the
// kind's Derives.
//
// Then: a line for the kind in programme.Kinds, one for the pages in programme.Registers, one for the home page in
// programme.sections, and the words in catalogue/<room>.{en,fr}.json. Their keys follow from the names (see Of); a test that
// opens each page shows those that are missing.
//
// Acts bring a record further (planned, met, dropped): each is a form that writes one entry, offered where May allows it.
// Import reads files whose columns are what the form asks. Routes are what a room has beyond; Chosen gives such a page the
// records that its address chooses.
//
// What a form writes goes through the room's guard like everything else. Whoever may not
// edit is offered nothing and refused here; the door decides again.
package register
