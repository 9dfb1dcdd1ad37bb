#!/bin/sh
# What the README of signalfx-python sends, as OTLP to a collector: every kind of datapoint and an event, with times of their own.
# OTLP is the collector's address.
set -eu
otlp=${OTLP:-http://127.0.0.1:4318}
now=$(date +%s)000000000

post() { curl -sSf -o /dev/null "$otlp/v1/$1" -H 'Content-Type: application/json' -d "$2"; }

# sfx.send(gauges=[...], counters=[...], cumulative_counters=[...]), with dimensions; 1 is delta, 2 is cumulative
post metrics '{"resourceMetrics":[{"resource":{"attributes":[{"key":"env","value":{"stringValue":"prod"}}]},"scopeMetrics":[{"metrics":[
  {"name":"myfunc.time","gauge":{"dataPoints":[
    {"asInt":"532","timeUnixNano":"'$now'","attributes":[{"key":"host","value":{"stringValue":"server1"}}]}]}},
  {"name":"myfunc.calls","sum":{"isMonotonic":true,"aggregationTemporality":1,"dataPoints":[
    {"asInt":"42","timeUnixNano":"'$now'","attributes":[{"key":"host","value":{"stringValue":"server1"}}]}]}},
  {"name":"myfunc.calls_cumulative","sum":{"isMonotonic":true,"aggregationTemporality":2,"dataPoints":[
    {"asInt":"10","timeUnixNano":"'$now'","attributes":[{"key":"host","value":{"stringValue":"server1"}}]}]}}
]}]}]}'

# sfx.send_event(event_type='deployments', dimensions={...}, properties={'version': ...})
post logs '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"'$now'","eventName":"deployments","attributes":[
  {"key":"host","value":{"stringValue":"myhost"}},
  {"key":"service","value":{"stringValue":"myservice"}},
  {"key":"com.splunk.signalfx.event_properties","value":{"kvlistValue":{"values":[{"key":"version","value":{"stringValue":"2015.04.29-01"}}]}}}
]}]}]}]}'
