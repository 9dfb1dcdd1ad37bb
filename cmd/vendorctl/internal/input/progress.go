package input

import (
	"fmt"
	"io"
	"strings"

	"github.com/otelcol-custom/otelcol-custom/cmd/vendorctl/internal/screen"
)

// Progress draws a bar on a terminal. A nil Progress draws nothing.
type Progress struct {
	w io.Writer
}

// NewProgress returns a bar on w, or nil if w is no terminal.
func NewProgress(w io.Writer) *Progress {
	if !screen.Is(w) {
		return nil
	}
	return &Progress{w}
}

const barWidth = 30

// Update draws the bar anew.
func (p *Progress) Update(read, size int64, r Report) {
	if p == nil {
		return
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s%d sent", bar(read, size), r.Sent)
	if r.Bad > 0 {
		fmt.Fprintf(p.w, ", %d bad lines", r.Bad)
	}
}

func bar(read, size int64) string {
	if size <= 0 {
		return ""
	}
	done := int(min(read, size) * barWidth / size)
	return fmt.Sprintf("[%s%s] %3d%% ", strings.Repeat("#", done), strings.Repeat(".", barWidth-done), min(read, size)*100/size)
}

// Clear takes the bar away, so that something else can be written.
func (p *Progress) Clear() {
	if p != nil {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
