package signalfx

import (
	"context"
	"net/http"
	"net/url"

	"golang.org/x/net/http/httpguts"

	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

// Content types of the ingest service.
const (
	contentProtobuf = "application/x-protobuf"
	// contentOTLP on the datapoint path announces an OTLP request; the vendor's
	// service wants it without a blank after the semicolon.
	contentOTLP = "application/x-protobuf;format=otlp"
)

// IngestOptions configure an Ingest.
type IngestOptions struct {
	// UserAgent is sent with every request, when not empty.
	UserAgent string
	// GzipLevel is 1 (fastest) to 9; 0 leaves compression to the HTTP client.
	GzipLevel int
	// Observe, when set, is told of every request.
	Observe func(context.Context, httpsend.Attempt)
}

// Ingest sends to the ingest service. It is safe for concurrent use. Every error
// is an *httpsend.Error whose class says what to do next.
type Ingest struct {
	checked httpsend.Sender // answers "OK"
	loose   httpsend.Sender // answers anything but a page

	datapoints, events, traces string
}

// NewIngest returns a client of the ingest service at base.
func NewIngest(client *http.Client, base *url.URL, options IngestOptions) (*Ingest, error) {
	sender := httpsend.Sender{
		Client:       httpsend.NoRedirects(client),
		Statuses:     IngestStatuses,
		ReasonHeader: throttleHeader,
		UserAgent:    options.UserAgent,
		Observe:      options.Observe,
	}
	if options.GzipLevel > 0 {
		gzip, err := httpsend.NewGzip(options.GzipLevel, MinCompressedBytes)
		if err != nil {
			return nil, err
		}
		sender.Gzip = gzip
	}
	i := &Ingest{
		checked:    sender,
		loose:      sender,
		datapoints: withPath(base, datapointPath),
		events:     withPath(base, eventPath),
		traces:     withPath(base, tracePath),
	}
	i.checked.CheckAnswer = checkOK
	i.loose.CheckAnswer = httpsend.NoPage("the ingest service") // which answers spans and OTLP histograms in several ways
	return i, nil
}

// SendDatapoints posts a DataPointUploadMessage made by AppendDatapoint.
func (i *Ingest) SendDatapoints(ctx context.Context, token string, body []byte) error {
	_, err := send(ctx, &i.checked, i.datapoints, contentProtobuf, token, body)
	return err
}

// SendHistograms posts an OTLP ExportMetricsServiceRequest of explicit-bucket
// histograms in protobuf.
func (i *Ingest) SendHistograms(ctx context.Context, token string, body []byte) error {
	_, err := send(ctx, &i.loose, i.datapoints, contentOTLP, token, body)
	return err
}

// SendEvents posts an EventUploadMessage.
func (i *Ingest) SendEvents(ctx context.Context, token string, body []byte) error {
	_, err := send(ctx, &i.checked, i.events, contentProtobuf, token, body)
	return err
}

// SendTraces posts an OTLP ExportTraceServiceRequest in protobuf, and returns how many
// spans of an accepted request the service rejected.
func (i *Ingest) SendTraces(ctx context.Context, token string, body []byte) (rejected int, err error) {
	answer, err := send(ctx, &i.loose, i.traces, contentProtobuf, token, body)
	if err != nil {
		return 0, err
	}
	return rejectedSpans(answer.Body), nil
}

func send(ctx context.Context, s *httpsend.Sender, target, contentType, token string, body []byte) (*httpsend.Answer, error) {
	if !httpguts.ValidHeaderFieldValue(token) {
		return nil, &httpsend.Error{Class: httpsend.Unauthorized, Target: target, Meaning: "the access token holds characters that no header may hold"}
	}
	return s.Send(ctx, &httpsend.Request{
		URL:         target,
		ContentType: contentType,
		Header:      http.Header{TokenHeader: {token}},
		Body:        [][]byte{body},
		Secrets:     []string{token},
	})
}
