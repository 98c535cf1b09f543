// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"time"

	"github.com/entraide-thb/entraide/internal/liaison/matching"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/page"
	"github.com/entraide-thb/entraide/internal/platform/store"
	"github.com/entraide-thb/entraide/internal/prosecute/brought"
	"github.com/entraide-thb/entraide/internal/prosecute/subject"
)

// subjectsRoom mounts the records of persons and things where a police or justice office keeps them.
func (n *Node) subjectsRoom(o Owner) (page.Room, bool, error) {
	return subject.Room(subject.RoomConfig{Store: n.Store, Colleagues: n.otherColleagues, Ask: func(id journal.ID) string { return matching.Path + "/new?of=" + id.String() },
		Names: func(ctx context.Context, ids ...journal.ID) map[journal.ID]string { return n.names(ctx, o.ID, ids...) }}), o.Kind == access.Police || o.Kind == access.Justice, nil
}

// broughtRoom mounts the page on which such an office brings tables in.
func (n *Node) broughtRoom(o Owner) (page.Room, bool, error) {
	return brought.Room(), o.Kind == access.Police || o.Kind == access.Justice, nil
}

// subjectExpiry erases a record whose last day has passed.
func subjectExpiry(state any, now time.Time) []store.Draft {
	s := state.(subject.State)
	if !s.Open() || now.Before(s.Known.UntilAt()) {
		return nil
	}
	return []store.Draft{{Type: subject.ExpiredType, Payload: subject.Ended{Reason: "expired"}}}
}
