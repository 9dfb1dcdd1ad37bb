package demo

import (
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// fakeVariable turns this test binary into one of the fakes: the children of the demo under test.
const fakeVariable = "DEMO_TEST_FAKE"

// fastExit spares the second for which a program under the race detector waits before it exits.
const fastExit = "GORACE=atexit_sleep_ms=0"

// Fakes other than the lab. The fake lab is chosen by the arguments that the demo gives the real one.
const (
	fakePolite   = "polite"   // ends when asked to
	fakeStubborn = "stubborn" // ignores being asked
	fakeDying    = "dying"    // ends by itself
)

// seriesVariable holds what the fake lab answers to /api/series.
const seriesVariable = "DEMO_TEST_SERIES"

func TestMain(m *testing.M) {
	fake := os.Getenv(fakeVariable)
	if fake == "" {
		goleak.VerifyTestMain(m)
		return
	}
	if listen := slices.Index(os.Args, "--listen"); listen > 0 {
		fakeLab(os.Args[listen+1])
	}
	fakeProcess(fake)
}

func fakeLab(listen string) {
	http.HandleFunc("/api/ports", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") })
	http.HandleFunc("/api/series", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, os.Getenv(seriesVariable))
	})
	http.HandleFunc("/api/stats", func(w http.ResponseWriter, _ *http.Request) {
		const traffic = `{"requests":2,"points":12,"events":3,"spans":4,"rejected":1,"rejected_by_reason":{"nan":1}}`
		fmt.Fprintf(w, `{"vendors":{"signalfx":%[1]s,"wavefront":%[1]s,"librato":%[1]s}}`, traffic)
	})
	go func() { _ = http.ListenAndServe(listen, nil) }()
	fakeProcess(fakePolite)
}

func fakeProcess(fake string) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGTERM)
	fmt.Println("ready")
	switch fake {
	case fakeDying:
		fmt.Println("cannot go on")
		os.Exit(3)
	case fakeStubborn:
		<-asked
		fmt.Println("asked in vain")
	}
	select {
	case <-asked:
	case <-time.After(time.Minute): // never outlive a broken test by long
	}
	os.Exit(0)
}
