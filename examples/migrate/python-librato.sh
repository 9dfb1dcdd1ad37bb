#!/bin/sh
# What the README of python-librato sends, as OTLP to a collector: a gauge, a counter, what an aggregator sums up, and an annotation.
# OTLP is the collector's address.
set -eu
otlp=${OTLP:-http://127.0.0.1:4318}
now=$(date +%s)000000000

post() { curl -sSf -o /dev/null "$otlp/v1/$1" -H 'Content-Type: application/json' -d "$2"; }
resource='"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"upstairs"}}]}'

# api.submit("temperature", 22.1, source='upstairs'), api.submit("num_requests", 100, type='counter'),
# Aggregator: a.add("foo", 42), a.add("foo", 5)
post metrics '{"resourceMetrics":[{'"$resource"',"scopeMetrics":[{"metrics":[
  {"name":"temperature","description":"temperature at home","gauge":{"dataPoints":[{"asDouble":22.1,"timeUnixNano":"'$now'"}]}},
  {"name":"num_requests","sum":{"isMonotonic":true,"aggregationTemporality":1,"dataPoints":[{"asInt":"100","timeUnixNano":"'$now'"}]}},
  {"name":"foo","histogram":{"aggregationTemporality":1,"dataPoints":[{"count":"2","sum":47,"min":5,"max":42,"timeUnixNano":"'$now'"}]}}
]}]}]}'

# api.post_annotation("TravisCI", title="build 42", source=..., description=..., links=[...])
post logs '{"resourceLogs":[{'"$resource"',"scopeLogs":[{"logRecords":[{"timeUnixNano":"'$now'","eventName":"build 42",
  "body":{"stringValue":"Application shop, Travis build 42"},"attributes":[
  {"key":"librato.annotation.stream","value":{"stringValue":"TravisCI"}},
  {"key":"librato.annotation.links","value":{"kvlistValue":{"values":[{"key":"travis","value":{"stringValue":"http://travisci.com/somebuild"}}]}}}
]}]}]}]}'
