package signalflowreceiver

import (
	"context"

	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/zap"
)

// scopeFormat is the data format in the collector's own metrics.
const scopeFormat = "signalflow"

// deliver hands something to the pipeline until that takes it or refuses it for
// good. Meanwhile nothing else of this program is read. The error is that of ctx:
// nothing is known to be delivered.
func (p *program) deliver(ctx context.Context, consume func(context.Context) error) (refused bool, err error) {
	for failures := 1; ; failures++ {
		err := consume(p.delivering)
		if err == nil {
			return false, nil
		}
		if consumererror.IsPermanent(err) {
			p.logger.Error("The pipeline refused data for good; it is lost", zap.Error(err))
			return true, nil
		}
		p.telemetry.builder.ReceiverSignalflowRetries.Add(ctx, 1, p.attributes)
		if failures == 1 {
			p.logger.Warn("The pipeline does not take data; reading of this program pauses until it does", zap.Error(err))
		}
		sleep(ctx, p.backoff(failures))
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
}
