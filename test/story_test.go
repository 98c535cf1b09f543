// SPDX-License-Identifier: EUPL-1.2

package test

import "testing"

// The whole story between four processes: every piece of evidence must be there.
func TestTheStoryHolds(t *testing.T) {
	s := stage(t)
	played, err := s.Play(t.Context(), false, nil)
	if err != nil {
		t.Error(err)
	}
	for _, step := range played.Steps {
		if !step.OK {
			t.Errorf("%s: %q", step.Step, step.Shows)
		}
	}
	if !played.OK {
		t.Fatal("the story does not hold")
	}
}
