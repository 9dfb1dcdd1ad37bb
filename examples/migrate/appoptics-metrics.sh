#!/bin/sh
# What the README of appoptics-metrics sends, as OTLP to a collector: measurements with tags, tags of the connection, what an aggregator
# sums up, and an annotation. OTLP is the collector's address.
set -eu
otlp=${OTLP:-http://127.0.0.1:4318}
now=$(date +%s)000000000

post() { curl -sSf -o /dev/null "$otlp/v1/$1" -H 'Content-Type: application/json' -d "$2"; }
# connect('token', tags={'service': 'app'}): by default the exporter makes tags of these resource attributes
resource='"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"app"}}]}'

# api.submit("temperature", 80, tags={"city": "sf"}, inherit_tags=True), q.add(...), Aggregator
post metrics '{"resourceMetrics":[{'"$resource"',"scopeMetrics":[{"metrics":[
  {"name":"temperature","gauge":{"dataPoints":[
    {"asDouble":80,"timeUnixNano":"'$now'","attributes":[{"key":"city","value":{"stringValue":"sf"}}]},
    {"asDouble":22.1,"timeUnixNano":"'$now'","attributes":[{"key":"location","value":{"stringValue":"downstairs"}}]}]}},
  {"name":"foo","histogram":{"aggregationTemporality":1,"dataPoints":[{"count":"2","sum":47,"min":5,"max":42,"timeUnixNano":"'$now'"}]}}
]}]}]}'

# api.post_annotation("testing", title="foobarbiz")
post logs '{"resourceLogs":[{'"$resource"',"scopeLogs":[{"logRecords":[{"timeUnixNano":"'$now'","eventName":"foobarbiz","attributes":[
  {"key":"librato.annotation.stream","value":{"stringValue":"testing"}}]}]}]}]}'
