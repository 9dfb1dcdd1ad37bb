#!/bin/sh
# What the README of wavefront-sdk-python sends, as OTLP to a collector: a metric, a delta counter, a distribution, a span with a log and
# an event. OTLP is the collector's address.
set -eu
otlp=${OTLP:-http://127.0.0.1:4318}
seconds=$(date +%s)
now=${seconds}000000000

post() { curl -sSf -o /dev/null "$otlp/v1/$1" -H 'Content-Type: application/json' -d "$2"; }
source='"resource":{"attributes":[{"key":"source","value":{"stringValue":"localhost"}}]}'

# send_metric("new york.power.usage", ...), send_delta_counter("delta.counter", 1.0, ...), send_distribution("request.latency", ...)
post metrics '{"resourceMetrics":[{'"$source"',"scopeMetrics":[{"metrics":[
  {"name":"new york.power.usage","gauge":{"dataPoints":[
    {"asDouble":42422.0,"timeUnixNano":"'$now'","attributes":[{"key":"datacenter","value":{"stringValue":"dc1"}}]}]}},
  {"name":"delta.counter","sum":{"isMonotonic":true,"aggregationTemporality":1,"dataPoints":[
    {"asDouble":1.0,"timeUnixNano":"'$now'","attributes":[{"key":"datacenter","value":{"stringValue":"dc1"}}]}]}},
  {"name":"request.latency","histogram":{"aggregationTemporality":1,"dataPoints":[
    {"count":"30","sum":651,"min":5.1,"max":30,"bucketCounts":["10","20"],"explicitBounds":[10],"timeUnixNano":"'$now'",
     "attributes":[{"key":"region","value":{"stringValue":"us-west"}}]}]}}
]}]}]}'

# send_span("getAllUsers", ..., tags=[("application", "Wavefront"), ("http.method", "GET")], span_logs=[...])
post traces '{"resourceSpans":[{'"$source"',"scopeSpans":[{"spans":[
  {"traceId":"7b3bf470945611e89eb6529269fb1459","spanId":"0313bafe94571e8a","parentSpanId":"2f64e53894571e8b","name":"getAllUsers","kind":2,
   "startTimeUnixNano":"'$now'","endTimeUnixNano":"'$((seconds + 1))'000000000",
   "attributes":[{"key":"application","value":{"stringValue":"Wavefront"}},{"key":"http.method","value":{"stringValue":"GET"}}],
   "events":[{"timeUnixNano":"'$now'","name":"cache miss"}]}
]}]}]}'

# send_event("deploy", start_time, end_time, source, tags, annotations)
post logs '{"resourceLogs":[{'"$source"',"scopeLogs":[{"logRecords":[{"timeUnixNano":"'$now'","eventName":"deploy","attributes":[
  {"key":"wavefront.event.severity","value":{"stringValue":"info"}},
  {"key":"wavefront.event.tags","value":{"arrayValue":{"values":[{"stringValue":"release"}]}}},
  {"key":"version","value":{"stringValue":"1.4.2"}}]}]}]}]}'
