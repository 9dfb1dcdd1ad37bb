package wavefront_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/otelcol-custom/otelcol-custom/client/wavefront"
	"github.com/otelcol-custom/otelcol-custom/internal/httpsend"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab"
	"github.com/otelcol-custom/otelcol-custom/internal/vendorlab/faults"
)

func labSources() (*wavefront.HTTP, *vendorlab.Lab, func()) {
	lab, err := vendorlab.Start(vendorlab.Config{})
	if err != nil {
		panic(err)
	}
	endpoint, _ := wavefront.ParseEndpoint(lab.Wavefront.URL())
	transport := &http.Transport{}
	h, err := wavefront.NewHTTP(&http.Client{Transport: transport}, endpoint.Base, wavefront.HTTPOptions{Auth: wavefront.APIToken("TOKEN")})
	if err != nil {
		panic(err)
	}
	return h, lab, func() {
		transport.CloseIdleConnections()
		lab.Close()
	}
}

func ExampleHTTP_Source() {
	h, _, stop := labSources()
	defer stop()
	ctx := context.Background()
	_ = h.SetSourceTags(ctx, "web-1", []string{"env.prod", "team.shop"})
	_ = h.SetSourceDescription(ctx, "web-1", "first of the shop")
	_ = h.RemoveSourceTag(ctx, "web-1", "team.shop")
	source, err := h.Source(ctx, "web-1")
	fmt.Println(source.Description, source.Tags, err)
	// Output: first of the shop [env.prod] <nil>
}

func TestSourcesThatCannotBeRead(t *testing.T) {
	h, lab, stop := labSources()
	defer stop()
	for _, id := range []string{"", " ", ".", ".."} {
		_, err := h.Source(t.Context(), id)
		assert.ErrorContains(t, err, "must not be blank", id)
	}
	_, err := h.Source(t.Context(), "no/such")
	failed := new(httpsend.Error)
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, 404, failed.Status)
	_, err = lab.Faults.Add(faults.Fault{Path: "/api/v2/source/*", Status: 200, Body: "<html>login</html>", Count: 1})
	require.NoError(t, err)
	_, err = h.Source(t.Context(), "web-1")
	assert.ErrorContains(t, err, "is not the JSON of the REST API")
}
