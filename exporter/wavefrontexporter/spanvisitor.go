package wavefrontexporter

import (
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// spanVisitor is a visitor of spans alone.
type spanVisitor func(ptrace.Span)

func (v spanVisitor) Resource(pcommon.Resource)          {}
func (v spanVisitor) Scope(pcommon.InstrumentationScope) {}
func (v spanVisitor) Span(s ptrace.Span)                 { v(s) }
