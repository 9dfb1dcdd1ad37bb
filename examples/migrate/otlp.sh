#!/bin/sh
# Every kind of data once, as OTLP with curl: for scripts, and for times of the past (SECONDS_AGO). OTLP is the collector's address.
set -eu
otlp=${OTLP:-http://127.0.0.1:4318}
at=$(($(date +%s) - ${SECONDS_AGO:-0}))
now=${at}000000000

post() { curl -sSf -o /dev/null "$otlp/v1/$1" -H 'Content-Type: application/json' -d "$2"; }
text() { printf '{"key":"%s","value":{"stringValue":"%s"}}' "$1" "$2"; }
resource='"resource":{"attributes":['$(text host.name upstairs),$(text service.name shop)']}'

# A gauge, what happened since the time before (temporality 1: delta), a running total (2: cumulative), and samples summed up.
post metrics '{"resourceMetrics":[{'"$resource"',"scopeMetrics":[{"metrics":[
  {"name":"temperature","unit":"Cel","gauge":{"dataPoints":[
    {"timeUnixNano":"'$now'","asDouble":22.1,"attributes":['"$(text room kitchen)"']}]}},
  {"name":"orders","sum":{"isMonotonic":true,"aggregationTemporality":1,"dataPoints":[
    {"timeUnixNano":"'$now'","asInt":"42"}]}},
  {"name":"bytes.sent","sum":{"isMonotonic":true,"aggregationTemporality":2,"dataPoints":[
    {"timeUnixNano":"'$now'","startTimeUnixNano":"'$((at - 60))'000000000","asInt":"1000"}]}},
  {"name":"latency","histogram":{"aggregationTemporality":1,"dataPoints":[
    {"timeUnixNano":"'$now'","count":"30","sum":651,"min":5.1,"max":30,"bucketCounts":["10","20"],"explicitBounds":[10]}]}}
]}]}]}'

# An event is a log record with an event name.
post logs '{"resourceLogs":[{'"$resource"',"scopeLogs":[{"logRecords":[
  {"timeUnixNano":"'$now'","eventName":"deploy","body":{"stringValue":"shop 1.4.2"},"attributes":['"$(text version 1.4.2)"']}]}]}]}'

# A span of a second, with a log in it.
post traces '{"resourceSpans":[{'"$resource"',"scopeSpans":[{"spans":[
  {"traceId":"7b3bf470945611e89eb6529269fb1459","spanId":"0313bafe94571e8a","name":"getAllUsers","kind":2,
   "startTimeUnixNano":"'$now'","endTimeUnixNano":"'$((at + 1))'000000000",
   "attributes":['"$(text http.method GET)"'],"events":[{"timeUnixNano":"'$now'","name":"cache miss"}]}]}]}]}'
