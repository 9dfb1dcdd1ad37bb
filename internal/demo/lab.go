package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// lab reads the stand-in's JSON API.
type lab struct {
	base   string // http://host:port
	client *http.Client
}

func newLab(port int) *lab {
	return &lab{base: "http://" + address(port), client: &http.Client{Timeout: 5 * time.Second}}
}

// series is one time series as the stand-in holds it.
type series struct {
	Metric     string            `json:"metric"`
	Type       string            `json:"type"`
	Dimensions map[string]string `json:"dimensions"`
	Last       struct {
		Value json.RawMessage `json:"value"`
	} `json:"last"`
}

// traffic is what one vendor of the stand-in received so far.
type traffic struct {
	Requests uint64            `json:"requests"`
	Points   uint64            `json:"points"`
	Events   uint64            `json:"events"`
	Spans    uint64            `json:"spans"`
	Rejected uint64            `json:"rejected"`
	Reasons  map[string]uint64 `json:"rejected_by_reason"`
}

// ready reports whether the stand-in answers.
func (l *lab) ready(ctx context.Context) bool {
	return l.get(ctx, "/api/ports", &struct{}{}) == nil
}

// seriesLimit is far above what one host sends.
const seriesLimit = "10000"

func (l *lab) series(ctx context.Context, vendor string) ([]series, error) {
	var page struct {
		Series []series `json:"series"`
	}
	query := url.Values{"vendor": {vendor}, "limit": {seriesLimit}}
	err := l.get(ctx, "/api/series?"+query.Encode(), &page)
	return page.Series, err
}

func (l *lab) traffic(ctx context.Context, vendor string) (traffic, error) {
	var stats struct {
		Vendors map[string]traffic `json:"vendors"`
	}
	err := l.get(ctx, "/api/stats", &stats)
	return stats.Vendors[vendor], err
}

func (l *lab) get(ctx context.Context, path string, into any) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, l.base+path, nil)
	if err != nil {
		return err
	}
	response, err := l.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the lab answered %s to GET %s", response.Status, path)
	}
	return json.Unmarshal(body, into)
}
