// SPDX-License-Identifier: EUPL-1.2

package post

import (
	"context"
	"database/sql"
	"errors"

	"github.com/entraide-thb/entraide/internal/platform/db"
	"github.com/entraide-thb/entraide/internal/platform/fault"
	"github.com/entraide-thb/entraide/internal/platform/journal"
)

// Passed is what is remembered of a message between an owner and a partner, whatever became of what it said.
type Passed struct {
	Type         string
	Conversation journal.ID
	Handling     string // the code in its header; "" of one from before these were kept
}

// Came gives a message that a partner sent and this office took in; NotFound when there is none.
func (p *Post) Came(ctx context.Context, owner, partner, message journal.ID) (Passed, error) {
	return p.passed(ctx, `SELECT type, conversation, handling FROM post_in WHERE owner = $1 AND partner = $2 AND id = $3 AND state = 'accepted'`, owner, partner, message)
}

// Went gives a message that this office made for a partner, whether or not it has arrived; NotFound when there is none.
func (p *Post) Went(ctx context.Context, owner, partner, message journal.ID) (Passed, error) {
	return p.passed(ctx, `SELECT type, conversation, handling FROM post_out WHERE owner = $1 AND partner = $2 AND id = $3`, owner, partner, message)
}

func (p *Post) passed(ctx context.Context, query string, owner, partner, message journal.ID) (m Passed, err error) {
	err = p.DB.Read(ctx, func(tx db.Tx) error {
		return tx.Row(ctx, query, owner, partner, message).Scan(&m.Type, &m.Conversation, &m.Handling)
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = fault.New(fault.NotFound, "exchange.post.no_message")
	}
	return m, err
}
