// SPDX-License-Identifier: EUPL-1.2

package page

import (
	"errors"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// meter counts requests by pattern and class of status; no address, no id, no account.
type meter struct {
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	reports  *prometheus.CounterVec
}

func newMeter(r prometheus.Registerer) (*meter, error) {
	m := &meter{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "entraide_page_requests_total", Help: "Requests by pattern and class of status."}, []string{"pattern", "class"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "entraide_page_seconds", Help: "Time to answer, by pattern.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"pattern"}),
		reports: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "entraide_page_policy_reports_total", Help: "Breaches of the content policy that browsers reported."}, []string{"directive"}),
	}
	if r == nil {
		return m, nil
	}
	var err error
	if m.requests, err = counted(r, m.requests); err != nil {
		return nil, err
	}
	if m.took, err = counted(r, m.took); err != nil {
		return nil, err
	}
	m.reports, err = counted(r, m.reports)
	return m, err
}

// counted registers a collector, or gives the one that is there: the offices of one host count together.
func counted[C prometheus.Collector](r prometheus.Registerer, c C) (C, error) {
	err := r.Register(c)
	var there prometheus.AlreadyRegisteredError
	if errors.As(err, &there) {
		if old, same := there.ExistingCollector.(C); same {
			return old, nil
		}
	}
	return c, err
}

func (m *meter) count(pattern string, code int, took time.Duration) {
	m.requests.WithLabelValues(pattern, strconv.Itoa(code/100)+"xx").Inc()
	m.took.WithLabelValues(pattern).Observe(took.Seconds())
}
