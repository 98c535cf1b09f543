// SPDX-License-Identifier: EUPL-1.2

package demo

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/entraide-thb/entraide/internal/platform/journal"
	"github.com/entraide-thb/entraide/internal/protect/casework"
	"github.com/entraide-thb/entraide/internal/protect/referral"
)

// Earlier referrals come in batches, so that their dates spread over two quarters.
const (
	earlierBatches = 5
	batchSize      = 8
)

// invented first and last names; together they are nobody's.
var (
	firstNames = []string{"Ajla", "Blerta", "Drita", "Elira", "Fjolla", "Gresa", "Irida", "Jonida", "Kaltrina", "Liridona", "Mirela", "Nertila", "Ornela", "Pranvera", "Rovena", "Suela", "Teuta", "Valbona", "Xhensila", "Zana"}
	lastNames  = []string{"Trajtim-Fiktiv", "Shembull", "Provë", "Shpikur", "Imagjinar"}
)

// ends of an earlier referral, by its number in a batch.
const (
	endDelivered = iota
	endNotDelivered
	endDeclined
	endExpired
)

func endOf(batch, i int) int {
	switch {
	case i == 5 && batch%2 == 0:
		return endNotDelivered
	case i == 6:
		return endDeclined
	case i == 7 && batch%2 == 1:
		return endExpired
	}
	return endDelivered
}

// Earlier lets the offices screen many on the first day, and forty invented referrals happen, from the first day to today, through the same doors as
// everything else. It gives how many were delivered. progress is told after each step.
func (s *Stage) Earlier(ctx context.Context, progress func(done, all int)) (int, error) {
	dice := rand.New(rand.NewPCG(2021, 44))
	delivered := 0
	between := earlierDays * 24 / earlierBatches
	if err := s.screen(ctx, eachScreened, eachEnded, 4); err != nil {
		return 0, err
	}
	for b := range earlierBatches {
		n, hours, err := s.batch(ctx, dice, b)
		if err != nil {
			return delivered, fmt.Errorf("demo: earlier referrals: %w", err)
		}
		delivered += n
		if err := s.Pass(ctx, between-hours); err != nil {
			return delivered, err
		}
		if progress != nil {
			progress((b+1)*batchSize, earlierBatches*batchSize)
		}
	}
	return delivered, nil
}

// batch plays eight referrals and gives how many were delivered, and how many hours passed.
func (s *Stage) batch(ctx context.Context, dice *rand.Rand, b int) (delivered, hours int, err error) {
	files := make([]*file, batchSize)
	for i := range files {
		if files[i], err = s.earlierOffer(ctx, dice, b*batchSize+i); err != nil {
			return 0, 0, err
		}
	}
	if err := s.passAndDeliver(ctx, 5); err != nil {
		return 0, 0, err
	}
	for i, f := range files {
		switch endOf(b, i) {
		case endExpired:
		case endDeclined:
			err = f.answer(ctx, referral.InAnswered{Reason: "no_place"})
		default:
			err = f.answer(ctx, referral.InAnswered{Accepted: true, Risk: referral.Risk{Level: "low"}})
		}
		if err != nil {
			return 0, 0, err
		}
	}
	if err := s.passAndDeliver(ctx, 19); err != nil {
		return 0, 0, err
	}
	for i, f := range files {
		if e := endOf(b, i); e == endDelivered || e == endNotDelivered {
			if _, err := f.handOver(ctx); err != nil {
				return 0, 0, err
			}
		}
	}
	if err := s.passAndDeliver(ctx, 9*24); err != nil {
		return 0, 0, err
	}
	for i, f := range files {
		switch endOf(b, i) {
		case endDelivered:
			delivered++
			err = f.report(ctx, referral.InReported{Status: referral.Delivered})
		case endNotDelivered:
			err = f.report(ctx, referral.InReported{Status: referral.NotDelivered, Reason: "not_arrived"})
		}
		if err != nil {
			return delivered, 0, err
		}
	}
	return delivered, 5 + 19 + 9*24, s.Deliver(ctx)
}

func (s *Stage) passAndDeliver(ctx context.Context, hours int) error {
	if err := s.Deliver(ctx); err != nil {
		return err
	}
	return s.Pass(ctx, hours)
}

// earlierOffer opens a file and sends its offer.
func (s *Stage) earlierOffer(ctx context.Context, dice *rand.Rand, n int) (*file, error) {
	name := firstNames[n%len(firstNames)] + " " + lastNames[dice.IntN(len(lastNames))]
	f, err := s.register(ctx, casework.Registration{
		Registered: casework.Registered{Code: fmt.Sprintf("Olive %02d", n+1), Territory: "GR", Age: "adult", Sex: "f", Languages: []string{"sq"}, Fictitious: true},
		Identity:   casework.Identity{Names: []string{name}, Born: fmt.Sprintf("%d", 1980+dice.IntN(24)), Nationality: "AL"},
		Contact:    casework.Contact{SafeToCall: casework.SafeAsk, SafeName: "Anna from the library", Hours: "10:00-12:00", Channel: "app", Number: fmt.Sprintf("+3069%08d", dice.IntN(100000000))},
	})
	if err != nil {
		return nil, err
	}
	if _, err := f.agree(ctx, []journal.Category{journal.D0, journal.D1, journal.D2}, "sq"); err != nil {
		return nil, err
	}
	needs := []string{"accommodation", "psychological", "legal", "work"}
	if err := f.wants(ctx, needs[dice.IntN(len(needs))], "week", "sq"); err != nil {
		return nil, err
	}
	if err := f.assess(ctx, "low"); err != nil {
		return nil, err
	}
	return f, f.offer(ctx)
}
