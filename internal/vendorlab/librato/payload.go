package librato

import (
	"net/http"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/intake"
)

// kinds are the vendor's words for what it takes.
var kinds = intake.Kinds{Sample: "measurement", Event: "annotation"}

// payload is the measurements of one request.
type payload struct {
	good []*measurement
	bad  []badItem
}

type badItem struct {
	item object
	*broken
}

func (p *payload) add(item object, read func() (*measurement, *broken)) {
	if item == nil {
		p.bad = append(p.bad, badItem{item, breaks(PropertyInvalid, "measurements", "one is no object")})
		return
	}
	m, b := read()
	if b != nil {
		p.bad = append(p.bad, badItem{item, b})
		return
	}
	p.good = append(p.good, m)
}

func (p *payload) size() int { return len(p.good) + len(p.bad) }

// check returns the error that refuses the whole request, or nil.
func (p *payload) check(account *Account) *apiError {
	if p.size() == 0 {
		return listError(http.StatusBadRequest, NoMeasurement, "Payload must include at least 1 measurement")
	}
	types := map[string]string{}
	for _, m := range p.good {
		key := strings.ToLower(m.sample.Metric)
		if types[key] == "" {
			types[key] = account.typeOf(m.sample.Metric)
		}
		if types[key] == "" {
			types[key] = m.sample.Type
		}
		if held := types[key]; held != m.sample.Type {
			b := breaks(TypeConflict, "type", "'%s' is a %s, but was submitted as different type", m.sample.Metric, held)
			p.bad = append(p.bad, badItem{object{"name": m.sample.Metric, "type": m.sample.Type}, b})
		}
	}
	if len(p.bad) == 0 {
		return nil
	}
	name, _ := p.bad[0].item.text("name")
	return p.bad[0].paramsError(http.StatusBadRequest, name)
}

// refusals are the measurements that refused the request, as rejections.
func (p *payload) refusals() (b intake.Batch) {
	for _, bad := range p.bad {
		b.Refuse(kinds.Sample, string(bad.reason), bad.member+" "+bad.text, bad.item)
	}
	return b
}
