package bench

import "context"

type Grown struct{}
type Start struct{}
type Ledger struct{}

func (c Config) growth(ctx context.Context) ([]Grown, error) { return nil, nil }
func (c Config) start(ctx context.Context) (*Start, error)   { return nil, nil }
func (c Config) ledger(ctx context.Context) (*Ledger, error) { return nil, nil }
