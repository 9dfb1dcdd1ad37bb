package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/klauspost/compress/gzip"
	"go.opentelemetry.io/collector/pdata/pmetric"
)

// bodiesOf returns the request bodies that an exporter makes of a batch, uncompressed.
func bodiesOf(s subject, md pmetric.Metrics) ([][]byte, error) {
	var bodies [][]byte
	var mu sync.Mutex
	var failed error
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := plain(r)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			failed = err
		}
		bodies = append(bodies, body)
		answer(w, r.URL.Path)
	}))
	defer server.Close()
	push, stop, err := s.start(server.URL)
	if err != nil {
		return nil, err
	}
	defer stop()
	if err := push(md); err != nil {
		return nil, err
	}
	return bodies, failed
}

func plain(r *http.Request) ([]byte, error) {
	if r.Header.Get("Content-Encoding") != "gzip" {
		return io.ReadAll(r.Body)
	}
	unzipped, err := gzip.NewReader(r.Body)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzipped)
}

// floorOf is the least that sending compressed data can cost: gzip level 1 on the bodies.
func floorOf(name string, bodies [][]byte, units int) contender {
	w, err := gzip.NewWriterLevel(io.Discard, 1)
	if err != nil {
		panic(err) // only for a wrong level
	}
	var out bytes.Buffer
	return contender{name, units, func() error {
		for _, body := range bodies {
			out.Reset()
			w.Reset(&out)
			if _, err := w.Write(body); err != nil {
				return err
			}
			if err := w.Close(); err != nil {
				return err
			}
		}
		return nil
	}}
}

func sizeOf(bodies [][]byte) (n int) {
	for _, body := range bodies {
		n += len(body)
	}
	return n
}
