// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"os"

	"github.com/entraide-thb/entraide/internal/app"
)

type importRecommendationsCmd struct {
	at
	File string `arg:"" help:"The file in CSV, UTF-8; the page that imports it has a sample." type:"existingfile"`
}

func (i *importRecommendationsCmd) Run(c *call) error {
	of, err := i.of()
	if err != nil {
		return err
	}
	b, err := os.ReadFile(i.File)
	if err != nil {
		return err
	}
	var out app.ImportedRecommendations
	if err := i.ask(c, "recommendations.import", app.ImportRecommendationsIn{Of: of, File: b}, &out); err != nil {
		return err
	}
	if out.OK {
		c.say("%d created, %d updated, %d unchanged", out.Created, out.Updated, out.Unchanged)
	}
	for _, w := range out.Wrong.In(c.l) {
		c.say("%s", w)
	}
	return c.verdict(out, out.OK)
}
