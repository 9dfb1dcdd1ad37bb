package signalfx_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/otelcol-custom/otelcol-custom/client/signalfx"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
)

func ExampleAPI_REST() {
	text, err := signalfx.APIURL("us1", signalfx.DefaultDomain)
	if err != nil {
		fmt.Println(err)
		return
	}
	base, err := signalfx.ParseBaseURL(text)
	if err != nil {
		fmt.Println(err)
		return
	}
	api := signalfx.NewAPI(&http.Client{Timeout: 10 * time.Second}, base, signalfx.APIOptions{Patience: time.Minute})
	_ = api.REST("TOKEN")
	fmt.Println(text)
	// Output: https://api.us1.observability.splunkcloud.com
}

// The examples below talk to a lab.
func ExampleREST_Dimensions() {
	api, _, _, stop := labREST(signalfx.APIOptions{})
	defer stop()
	rest, ctx := api.REST("TOKEN"), context.Background()
	for _, host := range []string{"web-1", "web-2", "db-1"} {
		_ = rest.PutDimension(ctx, &signalfx.Dimension{Key: "host", Value: host, CustomProperties: map[string]string{"region": "emea"}})
	}
	for dimension, err := range rest.Dimensions(ctx, signalfx.Search{Query: "region:emea AND host:web-*", OrderBy: "value"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(dimension.Key, dimension.Value)
	}
	// Output:
	// host web-1
	// host web-2
}

func ExampleREST_PatchDimension() {
	api, _, _, stop := labREST(signalfx.APIOptions{})
	defer stop()
	rest, ctx := api.REST("TOKEN"), context.Background()
	_ = rest.PutDimension(ctx, &signalfx.Dimension{Key: "host", Value: "web-1", CustomProperties: map[string]string{"team": "shop", "rack": "7"}})
	team := "checkout"
	err := rest.PatchDimension(ctx, "host", "web-1", &signalfx.DimensionPatch{CustomProperties: map[string]*string{"team": &team, "rack": nil}})
	dimension, _ := rest.Dimension(ctx, "host", "web-1")
	fmt.Println(dimension.CustomProperties, err)
	// Output: map[team:checkout] <nil>
}

func ExampleREST_CreateDetector() {
	api, _, _, stop := labREST(signalfx.APIOptions{})
	defer stop()
	rest, ctx := api.REST("TOKEN"), context.Background()
	detector, err := rest.CreateDetector(ctx, &signalfx.Detector{
		Name:        "Hot hosts",
		ProgramText: "detect(when(data('cpu.utilization').mean(by='host') > 90)).publish('hot')",
		Rules:       []signalfx.Rule{{DetectLabel: "hot", Severity: "Critical"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	detector.Description = "over 90%" // all else stays as it is
	detector, err = rest.UpdateDetector(ctx, detector)
	fmt.Println(detector.Name, detector.Rules[0].Severity, err)
	// Output: Hot hosts Critical <nil>
}

// Errors have a class that says what to do next, and what the service said.
func ExampleREST_Metric() {
	api, _, _, stop := labREST(signalfx.APIOptions{})
	defer stop()
	_, err := api.REST("TOKEN").Metric(context.Background(), "no/such metric")
	failed := new(httpsend.Error)
	if errors.As(err, &failed) {
		fmt.Println(failed.Status, failed.Class, failed.Message)
	}
	// Output: 404 rejected there is no such metric
}
