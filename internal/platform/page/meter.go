// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"fmt"
	"strconv"
	"time"

	"github.com/VictoriaMetrics/metrics"
)

// seconds are the bounds of the times to answer.
var seconds = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}

// meter counts requests by pattern and class of status; no address, no id, no account. The offices of one host count
// together in one set.
type meter struct{ set *metrics.Set }

func newMeter(s *metrics.Set) meter {
	if s == nil {
		s = metrics.NewSet()
	}
	return meter{s}
}

func (m meter) count(pattern string, code int, took time.Duration) {
	m.set.GetOrCreateCounter(fmt.Sprintf("entraide_page_requests_total{pattern=%q,class=%q}", pattern, strconv.Itoa(code/100)+"xx")).Inc()
	m.set.GetOrCreatePrometheusHistogramExt(fmt.Sprintf("entraide_page_seconds{pattern=%q}", pattern), seconds).Update(took.Seconds())
}

// report counts breaches of the content policy that browsers reported.
func (m meter) report(directive string) {
	m.set.GetOrCreateCounter(fmt.Sprintf("entraide_page_policy_reports_total{directive=%q}", directive)).Inc()
}
