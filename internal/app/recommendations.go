// SPDX-License-Identifier: EUPL-1.2

package app

import (
	"context"
	"errors"

	"github.com/entraide-thb/entraide/internal/platform/access"
	"github.com/entraide-thb/entraide/internal/programme/recommendation"
	"github.com/entraide-thb/entraide/internal/programme/register"
)

// ImportRecommendationsIn brings in a file of recommendations.
type ImportRecommendationsIn struct {
	Of
	File []byte `json:"file"`
}

// ImportedRecommendations is what an import did, or what is wrong with the file; then nothing of it was imported.
type ImportedRecommendations struct {
	OK bool `json:"ok"`
	register.Imported
	Wrong register.WrongFile `json:"wrong,omitempty"`
}

// opImportRecommendations brings in a file. What is wrong with it stands in the result, so that the caller learns where;
// errors are the store's.
func opImportRecommendations(ctx context.Context, n *Node, in ImportRecommendationsIn) (ImportedRecommendations, error) {
	o, err := n.of(in.Owner)
	if err != nil {
		return ImportedRecommendations{}, err
	}
	who, err := n.Job(o.ID, "importer", access.ForProgramme)
	if err != nil {
		return ImportedRecommendations{}, err
	}
	out := ImportedRecommendations{}
	out.Imported, err = recommendation.Import(ctx, n.Store, who, in.File)
	if errors.As(err, &out.Wrong) {
		return out, nil
	}
	out.OK = err == nil
	return out, err
}
