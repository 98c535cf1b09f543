// SPDX-License-Identifier: EUPL-1.2

package matching

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/entraide-thb/entraide/internal/exchange/match"
	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/inorder"
	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/platform/store"
)

// KeepOpenings is how long what opens a commitment is kept: as long as somebody may want to know.
const KeepOpenings = 400 * 24 * time.Hour

// Report says what a night did.
type Report struct {
	Ended     int `json:"ended"`     // epochs whose secrets were destroyed
	Partners  int `json:"partners"`  // with which is compared
	Records   int `json:"records"`   // of this office in their tables, together
	Questions int `json:"questions"` // asked
	Asked     int `json:"asked"`     // records asked about
}

// Night does for an owner what is done each night: it destroys what has ended, brings partners' tables up to date, and asks
// partners about records that it has not asked about in their epoch. One partner's trouble does not hold up the others.
func (d Desk) Night(ctx context.Context, owner journal.ID) (Report, error) {
	var rep Report
	n, err := d.Destroy(ctx, owner)
	rep.Ended = n
	if err == nil {
		err = d.forget(ctx, owner)
	}
	if err != nil {
		return rep, err
	}
	with, err := d.With(ctx, owner)
	if err != nil || len(with) == 0 {
		return rep, err
	}
	who, err := d.job(owner)
	if err != nil {
		return rep, err
	}
	all, err := d.Records(owner).All(ctx, who)
	if err != nil {
		return rep, err
	}
	for _, p := range with {
		rep.Partners++
		records, perr := d.Publish(ctx, owner, p.ID, all)
		rep.Records += records
		if perr == nil {
			perr = d.askNew(ctx, who, p.ID, all, &rep)
		}
		if perr != nil && ctx.Err() != nil {
			return rep, perr
		}
		err = errors.Join(err, perr)
	}
	return rep, err
}

// forget takes from questions of ended epochs what was asked, and deletes those that nobody can want opened any more.
func (d Desk) forget(ctx context.Context, owner journal.ID) error {
	old := db.Micros(d.now().Add(-KeepOpenings))
	if err := d.DB.Write(ctx, func(tx db.Tx) error {
		if _, err := tx.Exec(ctx, `DELETE FROM match_asked WHERE owner = $1 AND NOT EXISTS (SELECT 1 FROM match_table t WHERE t.owner = $1 AND t.epoch = match_asked.epoch)`, owner); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DELETE FROM match_question WHERE owner = $1 AND at < $2`, owner, old)
		return err
	}); err != nil {
		return err
	}
	ended, err := d.endedQuestions(ctx, owner)
	if err != nil {
		return err
	}
	for _, id := range ended {
		q, err := d.question(ctx, owner, id)
		if err != nil {
			return err
		}
		q.close()
		sealed, err := d.sealQuestion(owner, q)
		if err != nil {
			return err
		}
		if err := d.DB.Write(ctx, func(tx db.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE match_question SET sealed = $1, epoch = $2 WHERE owner = $3 AND id = $4`, sealed, journal.ID{}, owner, id)
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// endedQuestions lists the questions of whose epoch no table is left.
func (d Desk) endedQuestions(ctx context.Context, owner journal.ID) ([]journal.ID, error) {
	var out []journal.ID
	err := d.DB.Read(ctx, func(tx db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM match_question q WHERE owner = $1 AND epoch <> $2 AND NOT EXISTS (SELECT 1 FROM match_table t WHERE t.owner = $1 AND t.epoch = q.epoch)`, owner, journal.ID{})
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var id journal.ID
			if err := rows.Scan(&id); err != nil {
				return err
			}
			out = append(out, id)
		}
		return rows.Err()
	})
	return out, err
}

// askNew asks a partner about the records that were not asked about in its epoch as they are now, as many as fit into a question
// at a time, until the quota is used: the rest is asked in the next epoch. Of people who are assisted, those of one worker are asked
// about by themselves: nobody learns by a question of hers that a colleague's file was found.
func (d Desk) askNew(ctx context.Context, who store.Who, partner journal.ID, all []Record, rep *Report) error {
	owner := who.Actor.Owner
	t, ok, err := d.tableOf(ctx, owner, partner)
	if err != nil || !ok {
		return err
	}
	before, err := d.askedOf(ctx, owner, t.Epoch)
	if err != nil {
		return err
	}
	apart := who.Actor.Office == access.Assistance
	if apart {
		inorder.Stably(all, func(a, b Record) int { return slices.Compare(a.Worker[:], b.Worker[:]) })
	}
	sizes := Sizes()
	night := sizes[len(sizes)-1]
	var batch []Record
	keys := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		_, err := d.Ask(ctx, who, partner, Night, batch...)
		if err == nil {
			rep.Questions, rep.Asked = rep.Questions+1, rep.Asked+len(batch)
		}
		batch, keys = nil, 0
		return err
	}
	for _, r := range all {
		n := len(match.Keys(r.Subject))
		if !r.Asked || n == 0 || string(before[r.ID]) == string(digest(d.Keys(owner), r)) {
			continue
		}
		if keys+n > night || apart && len(batch) > 0 && batch[0].Worker != r.Worker {
			if err := flush(); err != nil {
				return unless(err, fault.Guarded)
			}
		}
		batch, keys = append(batch, r), keys+n
	}
	return unless(flush(), fault.Guarded)
}

// askedOf gives the records that were asked about in a partner's epoch, with their marks.
func (d Desk) askedOf(ctx context.Context, owner, epoch journal.ID) (map[journal.ID][]byte, error) {
	return d.marks(ctx, `SELECT record, digest FROM match_asked WHERE owner = $1 AND epoch = $2`, owner, epoch)
}

// CountShared asks a partner, for somebody, how many of this office's records it shares, as many as fit into one question, and nothing else
// about them: what is found is counted, noise is added, and the rest of the answer is dropped.
func (d Desk) CountShared(ctx context.Context, owner, by, partner journal.ID) (journal.ID, error) {
	who, err := d.job(owner)
	if err != nil {
		return journal.ID{}, err
	}
	all, err := d.Records(owner).All(ctx, who)
	if err != nil {
		return journal.ID{}, err
	}
	sizes := Sizes()
	keys := 0
	var some []Record
	for _, r := range all {
		if n := len(match.Keys(r.Subject)); r.Asked && n > 0 && keys+n <= sizes[len(sizes)-1] {
			some, keys = append(some, r), keys+n
		}
	}
	return d.ask(ctx, who, by, partner, Count, some)
}
