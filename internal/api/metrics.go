package api

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

var requests = promauto.NewHistogramVec(prometheus.HistogramOpts{
	Name: "naungan_request_seconds", Help: "How long requests took, by operation and status.",
	Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
}, []string{"operation", "status"})

func observe(operation string, status int, took time.Duration) {
	requests.WithLabelValues(operation, strconv.Itoa(status)).Observe(took.Seconds())
}

// Metrics serves the counters of this process; it belongs on a port of its own.
func Metrics() http.Handler { return promhttp.Handler() }
